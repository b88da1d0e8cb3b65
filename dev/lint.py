"""The linters: hooks of pre-commit, each counts as one test."""

import re
import subprocess

from .places import ROOT, cache
from .progress import Stop, step

_RESULT = re.compile(r"(?m)^(?P<name>.+?)\.{3,}(?:\(.*\))?(?P<result>Passed|Failed)$")


def lint(stack):
    """Run the linters; what they find goes to standard output.

    As anywhere with pre-commit, what can be mended is mended in the files.

    :return: how many passed and how many failed
    :rtype: tuple[int, int]
    """
    if not (ROOT / ".git").exists():
        raise Stop(
            "The linters look at the files that git knows, and this is no git"
            " checkout: clone the repository, or run bin/test unit and bin/test e2e."
        )
    # pre-commit and, for the linters of npm, Node.js are in the virtualenv.
    programs = stack.python.parent
    environment = {
        **stack.environment,
        "PATH": f"{programs}:{stack.environment['PATH']}",
        "PRE_COMMIT_HOME": str(cache("pre-commit")),
        "npm_config_cache": str(cache("pre-commit", "npm")),
        "PRE_COMMIT_COLOR": "never",
        # A checkout may belong to another user.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": str(ROOT),
    }

    def pre_commit(*arguments):
        return subprocess.run(
            [programs / "pre-commit", *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    with step("Linters of PyPI and npm"):
        installed = pre_commit("install-hooks")
    if installed.returncode:
        print(installed.stdout, flush=True)
        raise Stop(
            "The linters could not be installed: check the network (and the settings"
            " of pip and npm), then run this again."
        )
    done = pre_commit("run", "--all-files", "--show-diff-on-failure")
    results = [match["result"] for match in _RESULT.finditer(done.stdout)]
    print(done.stdout, flush=True)
    failed = results.count("Failed")
    if done.returncode and not failed:
        failed = 1
    return results.count("Passed"), failed
