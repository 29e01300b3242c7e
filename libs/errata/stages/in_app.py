"""Whose code a frame is: the application's or a library's, by platform, where the client did not say.

None means that the rules of the platform cannot know; such a frame stays unmarked.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType

_Rule = Callable[[str, str, str, str], bool | None]

# Each list: what stands in the path, or at the start of the module, of code that nobody wrote for the application.
_PYTHON = ("/site-packages/", "/dist-packages/", "\\site-packages\\", "\\lib\\python", "/lib/python", "<frozen ")
# Where packages are installed, webpack's short form for it included; anywhere in a path.
_PACKAGES = ("/node_modules/", "\\node_modules\\", "/~/")
# What is no file of anyone: at the beginning of a path only, where an application has folders and hosts of such names.
_ENGINES = ("node:", "internal/", "node_modules/", "~/", "webpack/runtime", "webpack/bootstrap", "(webpack)/")
_PAGES = (
    "chrome-extension://",
    "moz-extension://",
    "safari-extension://",
    "safari-web-extension://",
    "ms-browser-extension://",
    "[native code]",
)
_LOCAL = re.compile(r"^(?:app:///|webpack(?:-internal)?://[^/]*/)")
"""What stands before a path that is of no server."""
_RUBY = ("/gems/", "/lib/ruby/", "/rubygems/", "<internal:", "\\gems\\", "/bundler/")
_PHP = ("/vendor/", "\\vendor\\", "[internal]", "phar://")
_GO = ("/pkg/mod/", "/vendor/", "/usr/local/go/src/", "/go/src/runtime/", "/libexec/src/")
# As `-trimpath` and Bugsnag write the standard library's files; others of its folders an application has, too.
_GO_TRIMMED = ("runtime/", "net/http/", "reflect/", "testing/", "syscall/")
_NATIVE = (
    "/usr/lib",
    "/lib/",
    "/lib64/",
    "/system/",
    "/apex/",
    "/vendor/lib",
    "/library/",
    "linux-gate.so",
    "libc.so",
    "c:\\windows\\",
    "ntdll",
    "kernel32",
    "kernelbase",
    "/rustc/",
    "/.cargo/registry/",
)
_APPLE_BUNDLE = (".app/", "/private/var/containers/bundle/application/", "/var/containers/bundle/application/")
_JAVA = tuple(
    """java. javax. jdk. sun. com.sun. jakarta. kotlin. kotlinx. scala. groovy. clojure. android. androidx. dalvik.
    com.android. com.google.android. org.apache. org.springframework. org.hibernate. org.junit. junit. org.eclipse.
    org.jboss. org.codehaus. io.netty. io.reactivex. io.micronaut. io.quarkus. io.vertx. reactor. okhttp3. okio.
    retrofit2. com.fasterxml. ch.qos. org.slf4j. com.zaxxer. org.postgresql. com.mysql. net.bytebuddy. io.sentry.
    $Proxy com.intellij. org.gradle. rx. akka. play.""".split()
)
_DOTNET = tuple(
    """System Microsoft. MS. Newtonsoft.Json Windows. mscorlib FSharp. Serilog NLog. log4net. Npgsql Dapper AutoMapper
    Castle. MediatR Polly Grpc. Azure. Amazon. Sentry""".split()
)
_ELIXIR = tuple("elixir erlang Elixir.Enum Elixir.GenServer gen_server proc_lib Plug. Phoenix. Ecto. Task".split())
_RUST = tuple("std:: core:: alloc:: __rust tokio:: futures backtrace:: sentry hyper:: panic_unwind".split())


@lru_cache(maxsize=16_384)
def is_in_app(platform: str, path: str, module: str, package: str, function: str) -> bool | None:
    """Give whether the frame is the application's own code; None when nothing tells.

    Frames repeat enormously, so the answers are remembered, some thousands of them.
    """
    rule = _RULES.get(platform)
    return rule(path, module, package, function) if rule else None


def _by_path(marks: tuple[str, ...]) -> _Rule:
    def rule(path: str, _module: str, _package: str, _function: str) -> bool | None:
        return not any(mark in path for mark in marks) if path else None

    return rule


def _by_module(prefixes: tuple[str, ...]) -> _Rule:
    def rule(path: str, module: str, package: str, _function: str) -> bool | None:
        name = module or package or path
        return not name.startswith(prefixes) if name else None

    return rule


def _javascript(path: str, _module: str, _package: str, _function: str) -> bool | None:
    if not path:
        return None
    return not (
        any(mark in path for mark in _PACKAGES)
        or path.startswith(_PAGES)
        or _LOCAL.sub("", path, count=1).startswith(_ENGINES)
    )


def _node(path: str, module: str, package: str, function: str) -> bool | None:
    """Node's own files have no directory (`events.js`) or begin with `node:` or `internal/`."""
    if path and "/" not in path and "\\" not in path:
        return False
    return _javascript(path, module, package, function)


def _go(path: str, module: str, _package: str, _function: str) -> bool | None:
    """A path tells; else the module: the standard library's first segment has no dot and is not `main`."""
    if path.startswith(_GO_TRIMMED) or any(mark in path for mark in _GO):
        return False
    if module:
        first = module.partition("/")[0]
        return first == "main" or "." in first
    return True if path else None


def _native(path: str, _module: str, package: str, function: str) -> bool | None:
    """By the image that holds the code. Inside an Apple application's bundle only its frameworks are not its own.

    A source path or the bare name of a library can tell that code is not the application's, never that it is: where
    only some frames have their image known, the others would be taken for a library's.
    """
    if function.startswith(_RUST):
        return False
    image = (package or path).lower()
    if any(mark in image for mark in _APPLE_BUNDLE):
        return ".framework/" not in image and "/frameworks/" not in image
    if image.startswith(_NATIVE) or any(mark in image for mark in ("/.cargo/registry/", "/rustc/")):
        return False
    return True if package.startswith("/") or package[1:3] in {":\\", ":/"} else None


_java = _by_module(_JAVA)

_RULES = MappingProxyType(
    {
        "python": _by_path(_PYTHON),
        "node": _node,
        "javascript": _javascript,
        "ruby": _by_path(_RUBY),
        "php": _by_path(_PHP),
        "go": _go,
        "java": _java,
        "kotlin": _java,
        "groovy": _java,
        "scala": _java,
        "csharp": _by_module(_DOTNET),
        "fsharp": _by_module(_DOTNET),
        "elixir": _by_module(_ELIXIR),
        "dart": _by_path(("package:flutter/", "dart:", "/.pub-cache/", "org-dartlang-sdk:")),
        "native": _native,
        "cocoa": _native,
        "objc": _native,
        "swift": _native,
        "c": _native,
        "rust": _native,
    }
)
