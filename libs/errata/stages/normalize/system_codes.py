"""Names of what systems say in numbers: signals and their codes, errno, Mach exceptions."""

from typing import Any

from errata.stages.stage import Event

# Darwin's <mach/exception_types.h>
_MACH = {
    1: "EXC_BAD_ACCESS",
    2: "EXC_BAD_INSTRUCTION",
    3: "EXC_ARITHMETIC",
    4: "EXC_EMULATION",
    5: "EXC_SOFTWARE",
    6: "EXC_BREAKPOINT",
    7: "EXC_SYSCALL",
    8: "EXC_MACH_SYSCALL",
    9: "EXC_RPC_ALERT",
    10: "EXC_CRASH",
    11: "EXC_RESOURCE",
    12: "EXC_GUARD",
    13: "EXC_CORPSE_NOTIFY",
}
# <signal.h>: what both agree on, then where they differ.
_SIGNALS = {
    1: "SIGHUP",
    2: "SIGINT",
    3: "SIGQUIT",
    4: "SIGILL",
    5: "SIGTRAP",
    6: "SIGABRT",
    8: "SIGFPE",
    9: "SIGKILL",
    11: "SIGSEGV",
    13: "SIGPIPE",
    14: "SIGALRM",
    15: "SIGTERM",
}
_LINUX_SIGNALS = _SIGNALS | {
    7: "SIGBUS",
    10: "SIGUSR1",
    12: "SIGUSR2",
    16: "SIGSTKFLT",
    17: "SIGCHLD",
    18: "SIGCONT",
    19: "SIGSTOP",
    20: "SIGTSTP",
    24: "SIGXCPU",
    25: "SIGXFSZ",
    31: "SIGSYS",
}
_DARWIN_SIGNALS = _SIGNALS | {
    7: "SIGEMT",
    10: "SIGBUS",
    12: "SIGSYS",
    16: "SIGURG",
    17: "SIGSTOP",
    18: "SIGTSTP",
    19: "SIGCONT",
    20: "SIGCHLD",
    24: "SIGXCPU",
    25: "SIGXFSZ",
    30: "SIGUSR1",
    31: "SIGUSR2",
}
# <errno.h>: the first of Unix, the same everywhere but for 11, which is left out.
_ERRORS = dict(
    enumerate(
        """- EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD - ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST
        EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM
        ERANGE""".split()
    )
)
del _ERRORS[0], _ERRORS[11]
# <sys/siginfo.h>: why the kernel sent it; the same numbers on both.
_CODES = {
    "SIGILL": "ILL_ILLOPC ILL_ILLOPN ILL_ILLADR ILL_ILLTRP ILL_PRVOPC ILL_PRVREG ILL_COPROC ILL_BADSTK".split(),
    "SIGFPE": "FPE_INTDIV FPE_INTOVF FPE_FLTDIV FPE_FLTOVF FPE_FLTUND FPE_FLTRES FPE_FLTINV FPE_FLTSUB".split(),
    "SIGSEGV": "SEGV_MAPERR SEGV_ACCERR".split(),
    "SIGBUS": "BUS_ADRALN BUS_ADRERR BUS_OBJERR".split(),
    "SIGTRAP": "TRAP_BRKPT TRAP_TRACE".split(),
}


def name_numbers(meta: Event, event: Event) -> None:
    """Add to a mechanism's `meta` the names that belong to its numbers, where the client gave only these."""
    _name(meta.get("mach_exception"), "exception", _MACH)
    _name(meta.get("errno"), "number", _ERRORS)
    signal = meta.get("signal")
    if not isinstance(signal, dict):
        return
    _name(signal, "number", _signals_of(event))
    codes = _CODES.get(str(signal.get("name")), [])
    code = signal.get("code")
    if "code_name" not in signal and isinstance(code, int) and 0 < code <= len(codes):
        signal["code_name"] = codes[code - 1]


def _name(holder: Any, key: str, names: dict[int, str]) -> None:
    if isinstance(holder, dict) and "name" not in holder:
        number = holder.get(key)
        if isinstance(number, int) and number in names:
            holder["name"] = names[number]


def _signals_of(event: Event) -> dict[int, str]:
    """Give the signal numbers of the system that the event comes from; those that all share when it does not say."""
    contexts = event.get("contexts")
    system = contexts.get("os") if isinstance(contexts, dict) else None
    debug = event.get("debug_meta")
    sdk_info = debug.get("sdk_info") if isinstance(debug, dict) else None
    name = str(
        (system.get("name") if isinstance(system, dict) else None)
        or (sdk_info.get("sdk_name") if isinstance(sdk_info, dict) else None)
        or event.get("platform")
    ).lower()
    if name in {"ios", "macos", "mac os x", "tvos", "watchos", "ipados", "visionos", "cocoa", "objc", "swift"}:
        return _DARWIN_SIGNALS
    if name in {"linux", "android"}:
        return _LINUX_SIGNALS
    return _SIGNALS
