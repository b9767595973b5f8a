"""Of the installation: its first account and others, its applications at the vendors, and help without a log-in."""

from django.urls import path

from convoca.manage.views import accepting, applications, founding, guide

urlpatterns = [
    path("setup", founding.set_up, name="setup"),
    path("setup/sign-up", accepting.decide_on_accounts, name="sign_up_setting"),
    path("help/video-conference", guide.show_public_guide, name="guide"),
    path("setup/applications", applications.list_applications, name="applications"),
    path("setup/applications/<slug:provider>", applications.save_application, name="application"),
    path("setup/applications/<slug:provider>/test", applications.test_application, name="application_test"),
    path("setup/applications/<slug:provider>/forget", applications.forget_application, name="application_forget"),
]
