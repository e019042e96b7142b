"""The kernel as it lives in a forked child: ipykernel, with all that can be prepared prepared."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import zmq
from ipykernel import ipkernel
from ipykernel.control import ControlThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core import ultratb
from IPython.core.application import BaseIPythonApplication
from IPython.utils.capture import capture_output
from traitlets import Dict

from custlab.grading.talk.plain_cells import PlainFirst, PlainShell

ARGUMENTS = ["--HistoryManager.enabled=False", "--HistoryManager.hist_file=:memory:"]


class NoSubshells:
    """Stands for the thread of the subshells, which a grading kernel has not.

    ipykernel asks it, before it awaits a cell, which thread runs the cells.
    """

    def __init__(self):
        self.parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        """Say that there is no such thread."""
        return False


class SubmissionKernel(IPythonKernel):
    """An IPython kernel whose cells run one after the other, without a debugger."""

    _supports_kernel_subshells = False
    _darwin_app_nap = False  # macOS ends children of a process that has called its libraries

    def __init__(self, **kwargs):
        # ipykernel lists all loaded modules for its debugger, which is off. Merely touching each
        # of 2,000 modules makes this process copy as many pages of memory.
        with mock.patch.object(ipkernel, "sys", SimpleNamespace(modules={})):
            super().__init__(**kwargs)


class SubmissionKernelApp(IPKernelApp):
    """Starts a kernel on sockets that the grader opened, without debugger and heartbeat."""

    kernel_class = SubmissionKernel
    listeners = Dict()

    def _try_bind_socket(self, s, port):
        """Take over the listening socket: its path lies outside the sandbox."""
        s.setsockopt(zmq.USE_FD, self.listeners[port])
        return super()._try_bind_socket(s, port)

    def init_control(self, context):
        """Open the control channel, leaving out the debugger's connection to the shell."""
        self.control_socket = context.socket(zmq.ROUTER)
        self.control_socket.linger = 1000
        self.control_port = self._bind_socket(self.control_socket, self.control_port)
        self.debugpy_socket = context.socket(zmq.STREAM)
        self.debug_shell_socket = context.socket(zmq.DEALER)
        self.control_thread = ControlThread(daemon=True)
        self.shell_channel_thread = NoSubshells()  # learners' cells run one after the other


def prepare() -> None:
    """Do before forking what each kernel would do after it: settings, the shell, its extensions."""
    import encodings.utf_8_sig  # noqa: F401

    import IPython.core.logger  # noqa: F401, loaded when the first cell runs
    import tornado.platform.asyncio  # noqa: F401, what every kernel would import at its start

    sys.modules["debugpy"] = None  # large, and nobody debugs in a grading kernel
    import ipykernel.debugger  # noqa: F401, does without

    del sys.modules["debugpy"]
    # A traceback is shown as IPython shows those of long files: without looking through the whole
    # source for the expression at fault, which takes a second for one KeyError of pandas.
    ultratb.FAST_THRESHOLD = -1
    app = SubmissionKernelApp.instance()
    BaseIPythonApplication.initialize(app, ARGUMENTS)
    app.init_pdb()
    app.shell = PlainShell.instance(parent=app, profile_dir=app.profile_dir, user_ns={})
    app.shell.input_transformer_manager = PlainFirst()
    app.shell.unobserve_all("exit_now")  # exit() in a cell does not end the other cells' kernel
    app.init_path()
    app.init_gui_pylab()
    app.init_extensions()
    app.init_code()


def warm_up() -> None:
    """Do once what every notebook does, so that what it loads is there before the fork."""
    shell = SubmissionKernelApp.instance().shell
    with capture_output():
        _show_a_table(shell)
        _ask_a_question()
    _report_an_error(shell)


def warm_up_packages() -> None:
    """Do once what notebooks do with packages that this assignment uses."""
    if "narwhals" in sys.modules:
        _take_over_a_table()
    if "matplotlib.pyplot" in sys.modules:
        _draw_a_plot()
    if "sklearn.preprocessing" in sys.modules:
        _scale_a_column()


def _show_a_table(shell) -> None:
    with contextlib.suppress(ImportError):
        import pandas as pd

        table = pd.DataFrame({"a": ["x", "y"], "b": [1.0, 2.0]})
        table.groupby("a")["b"].agg(["sum", "mean"]).reset_index().merge(table, on="a")
        pd.crosstab(table["a"], table["a"]).to_dict()
        shell.display_formatter.format(table)
        shell.display_formatter.format(table.style)


def _ask_a_question() -> None:
    from custlab.exercises import Sheet, mark

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sheet = Sheet("warm-up", folder=folder)
        sheet.choose_one("q", "Ready?", {"a": "Yes", "b": "No"})
        sheet.answer("q", "a")
        sheet.receipt()
        mark("warm-up", "q", 1, "choose_one", "a", folder=folder)


def _report_an_error(shell) -> None:
    try:
        int("warm")
    except ValueError:
        shell.InteractiveTB.structured_traceback(*sys.exc_info(), tb_offset=0)


def _take_over_a_table() -> None:
    import narwhals as nw
    import pandas as pd

    table = nw.from_native(pd.DataFrame({"a": [1], "b": [1]}))  # loads what it knows of pandas
    table.group_by("a").agg(nw.col("b").sum())


def _draw_a_plot() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.pyplot import uninstall_repl_displayhook

    figure = Figure(figsize=(1, 1))
    FigureCanvasAgg(figure)
    figure.subplots().set_title("warm")
    figure.savefig(io.BytesIO(), format="png")
    uninstall_repl_displayhook()  # it draws every figure once more than is shown


def _scale_a_column() -> None:
    """Check the input of an estimator once, which looks through all installed packages.

    The scaler's sums run in one thread: a parallel region of OpenMP would hang kernels forked
    from here.
    """
    import pandas as pd
    from sklearn.preprocessing import StandardScaler

    StandardScaler().fit(pd.DataFrame({"a": [0.0, 1.0]}))


def run(request: dict, descriptors: list[int]) -> None:
    """Be the kernel of one submission until the sandbox is closed."""
    app = SubmissionKernelApp.instance()
    app.transport, app.ip = "ipc", request["ip"]
    for number, name in enumerate(("shell", "iopub", "stdin", "control"), start=1):
        setattr(app, f"{name}_port", number)
    app.listeners = dict(enumerate(descriptors, start=1))
    app.session.key = request["key"].encode()
    app.init_sockets()
    app.init_io()
    app.init_signal()
    SubmissionKernel.clear_instance()  # the one that `custlab grade` speaks to
    app.init_kernel()
    app.kernel.shell.kernel = app.kernel
    app.init_shell()
    sys.stdout.flush()
    sys.stderr.flush()
    app.start()
