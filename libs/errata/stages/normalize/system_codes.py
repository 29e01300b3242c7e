"""Names of what systems say in numbers: errno, signals and their codes, Mach exceptions.

The same number means another thing on another system, so without a known system numbers stay alone. The tables are
those of <errno.h>, <signal.h> and <mach/exception_types.h>, of Linux (x86 and ARM), Darwin and Microsoft's C library.
"""

from typing import Any

from errata.stages.stage import Event

DARWIN, LINUX, WINDOWS = "darwin", "linux", "windows"

_SYSTEMS = {
    "ios": DARWIN,
    "ipados": DARWIN,
    "macos": DARWIN,
    "tvos": DARWIN,
    "watchos": DARWIN,
    "visionos": DARWIN,
    "linux": LINUX,
    "android": LINUX,
    "windows": WINDOWS,
}


def _numbered(text: str, first: int = 1) -> dict[int, str]:
    """Give the words by number; `-` has none, `NUMBER:` goes on there."""
    table: dict[int, str] = {}
    number = first
    for word in text.split():
        if word.endswith(":"):
            number = int(word[:-1])
            continue
        if word != "-":
            table[number] = word
        number += 1
    return table


_TO_10 = "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD "

ERRORS = {
    LINUX: _numbered(
        _TO_10
        + """EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY
        ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP -
        ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC
        EBADSLT - EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP
        EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART
        ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT
        EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED
        ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH
        EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED
        ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON"""
    ),
    DARWIN: _numbered(
        _TO_10
        + """EDEADLK ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY
        ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EAGAIN EINPROGRESS EALREADY ENOTSOCK EDESTADDRREQ
        EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT ENOTSUP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE
        EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN
        ETOOMANYREFS ETIMEDOUT ECONNREFUSED ELOOP ENAMETOOLONG EHOSTDOWN EHOSTUNREACH ENOTEMPTY EPROCLIM EUSERS EDQUOT
        ESTALE EREMOTE EBADRPC ERPCMISMATCH EPROGUNAVAIL EPROGMISMATCH EPROCUNAVAIL ENOLCK ENOSYS EFTYPE EAUTH ENEEDAUTH
        EPWROFF EDEVERR EOVERFLOW EBADEXEC EBADARCH ESHLIBVERS EBADMACHO ECANCELED EIDRM ENOMSG EILSEQ ENOATTR EBADMSG
        EMULTIHOP ENODATA ENOLINK ENOSR ENOSTR EPROTO ETIME EOPNOTSUPP ENOPOLICY ENOTRECOVERABLE EOWNERDEAD EQFULL"""
    ),
    WINDOWS: _numbered(
        _TO_10
        + """EAGAIN ENOMEM EACCES EFAULT - EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY - EFBIG
        ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE - EDEADLK - ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY EILSEQ
        80: STRUNCATE
        100: EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EALREADY EBADMSG ECANCELED ECONNABORTED ECONNREFUSED ECONNRESET
        EDESTADDRREQ EHOSTUNREACH EIDRM EINPROGRESS EISCONN ELOOP EMSGSIZE ENETDOWN ENETRESET ENETUNREACH ENOBUFS
        ENODATA ENOLINK ENOMSG ENOPROTOOPT ENOSR ENOSTR ENOTCONN ENOTRECOVERABLE ENOTSOCK ENOTSUP EOPNOTSUPP EOTHER
        EOVERFLOW EOWNERDEAD EPROTO EPROTONOSUPPORT EPROTOTYPE ETIME ETIMEDOUT ETXTBSY EWOULDBLOCK"""
    ),
}

SIGNALS = {
    LINUX: _numbered(
        """SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM
        SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF
        SIGWINCH SIGIO SIGPWR SIGSYS"""
    ),
    DARWIN: _numbered(
        # 7 is SIGPOLL by POSIX and SIGEMT by BSD; Sentry's name is the former.
        """SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGPOLL SIGFPE SIGKILL SIGBUS SIGSEGV SIGSYS SIGPIPE SIGALRM
        SIGTERM SIGURG SIGSTOP SIGTSTP SIGCONT SIGCHLD SIGTTIN SIGTTOU SIGIO SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH
        SIGINFO SIGUSR1 SIGUSR2"""
    ),
    WINDOWS: _numbered("2: SIGINT 4: SIGILL 8: SIGFPE 11: SIGSEGV 15: SIGTERM 21: SIGBREAK SIGABRT"),
}

# Darwin's <sys/signal.h>, by the number of the signal: why the kernel sent it. Only Apple's clients send these codes.
_DARWIN_CODES = {
    4: _numbered(
        "ILL_NOOP ILL_ILLOPC ILL_ILLTRP ILL_PRVOPC ILL_ILLOPN ILL_ILLADR ILL_PRVREG ILL_COPROC ILL_BADSTK", first=0
    ),
    5: _numbered("TRAP_BRKPT TRAP_TRACE"),
    7: _numbered("POLL_IN POLL_OUT POLL_MSG POLL_ERR POLL_PRI POLL_HUP"),
    8: _numbered(
        "FPE_NOOP FPE_FLTDIV FPE_FLTOVF FPE_FLTUND FPE_FLTRES FPE_FLTINV FPE_FLTSUB FPE_INTDIV FPE_INTOVF", first=0
    ),
    10: _numbered("BUS_NOOP BUS_ADRALN BUS_ADRERR BUS_OBJERR", first=0),
    11: _numbered("SEGV_NOOP SEGV_MAPERR SEGV_ACCERR", first=0),
    20: _numbered("CLD_NOOP CLD_EXITED CLD_KILLED CLD_DUMPED CLD_TRAPPED CLD_STOPPED CLD_CONTINUED", first=0),
}

_MACH_EXCEPTIONS = _numbered(
    """EXC_BAD_ACCESS EXC_BAD_INSTRUCTION EXC_ARITHMETIC EXC_EMULATION EXC_SOFTWARE EXC_BREAKPOINT EXC_SYSCALL
    EXC_MACH_SYSCALL EXC_RPC_ALERT EXC_CRASH EXC_RESOURCE EXC_GUARD EXC_CORPSE_NOTIFY"""
)


def system_of(event: Event) -> str:
    """Give the system whose numbers an event's mechanisms mean, empty when the event does not say.

    The SDK's own word, `debug_meta.sdk_info`, comes before the context, which may be the user's system.
    """
    for outer, inner, key in (("debug_meta", "sdk_info", "sdk_name"), ("contexts", "os", "name")):
        holder = event.get(outer)
        holder = holder.get(inner) if isinstance(holder, dict) else None
        name = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(name, str):
            return _SYSTEMS.get(name.lower(), "")
    return ""


def name_numbers(meta: Event, system: str) -> None:
    """Add to a mechanism's `meta` the names that belong to its numbers, where the client gave only these."""
    _name(meta.get("mach_exception"), "exception", "name", _MACH_EXCEPTIONS)
    if not system:
        return
    _name(meta.get("errno"), "number", "name", ERRORS[system])
    signal = meta.get("signal")
    _name(signal, "number", "name", SIGNALS[system])
    if system == DARWIN and signal:
        _name(signal, "code", "code_name", _DARWIN_CODES.get(signal.get("number"), {}))


def _name(holder: Any, key: str, name: str, names: dict[int, str]) -> None:
    if holder and name not in holder and (found := names.get(holder.get(key))):
        holder[name] = found
