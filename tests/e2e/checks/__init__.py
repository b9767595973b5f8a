"""What every page must keep for everybody: the checks by their number, each with sentences that say what is wrong.

`reading.js` looks at what a page says, `fitting.js` at how it fits; `acting` presses keys; `looks` says in which
circumstances a page is looked at.
"""
