"""procrastinate (PostgreSQL) behind `django.tasks`. A wake-up joins the transaction of whoever enqueues it."""

from typing import Any

from django.tasks import Task, TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

JOB = "convoca.run_task"


class ProcrastinateBackend(BaseTaskBackend):
    """Keeps no results: what became of a task is written in the rows it worked on."""

    def enqueue[**P, R](self, task: "Task[P, R]", args: list[Any], kwargs: dict[str, Any]) -> "TaskResult[P, R]":
        self.validate_task(task)
        job = app.configure_task(JOB).defer(path=task.module_path, args=list(args), kwargs=dict(kwargs))
        return TaskResult(
            task=task,
            id=str(job),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def run_task(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Carry out the task that `enqueue` named."""
    task = import_string(path)
    task.call(*args, **kwargs)
