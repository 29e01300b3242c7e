"""What is called shallow is read without a crash, which would be the whole process's; what people write is shallow."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.symbolicate.nesting import is_shallow

# Each begins, goes on and ends: what stands in the middle is repeated, and each repetition lies within the one before.
SHAPES = {
    "brackets": ("(", "1", ")"),
    "lists": ("[", "", "]"),
    "objects": ("({a:", "1", "})"),
    "blocks": ("{", "", "}"),
    "functions": ("function f(){", "", "}"),
    "classes": ("class A{m(){", "", "}}"),
    "arrows": ("x=>", "1", ""),
    "async arrows": ("async()=>", "1", ""),
    "arguments": ("a(", "1", ")"),
    "texts": ("`${", "1", "}`"),
    "signs": ("!", "a", ""),
    "words": ("new ", "a", ""),
    "assignments": ("a=", "1", ""),
    "choices": ("a?b:", "c", ""),
    "powers": ("a**", "a", ""),
    "sums": ("a+", "a", ""),
    "sums of texts": ("'a'+", "a", ""),
    "sums of objects": ("a+{}+", "a", ""),
    "members": ("", "a", ".a"),
    "calls": ("", "a", "()"),
    "calls with lists": ("", "a", "(1,2)"),
    "conditions": ("if(a)", ";", ""),
    "alternatives": ("if(a);else ", ";", ""),
    "alternatives with blocks": ("if(a){}else ", ";", ""),
    "loops": ("for(;;)", ";", ""),
    "labels": ("a:", ";", ""),
}
# Reads each line of its input as a built file, on the stack of a thread.
READER = """
import json, sys, threading
from symbolic.sourcemapcache import SourceMapCache
MAP = b'{"version":3,"sources":["a.js"],"names":[],"mappings":"AAAA"}'
for name, source in json.load(sys.stdin).items():
    print(name, flush=True)
    thread = threading.Thread(target=SourceMapCache.from_bytes, args=(source.encode(), MAP))
    thread.start()
    thread.join()
"""


def built(shape, times):
    before, middle, after = SHAPES[shape]
    return before * times + middle + after * times


def deepest(shape):
    """Give the most repetitions that are called shallow."""
    least, most = 1, 100_000
    while most - least > 1:
        between = (least + most) // 2
        least, most = (between, most) if is_shallow(built(shape, between).encode()) else (least, between)
    return least


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_nested_without_end_is_not_shallow(shape):
    assert is_shallow(built(shape, 100).encode())
    assert not is_shallow(built(shape, 100_000).encode())


def test_the_deepest_that_is_called_shallow_can_be_read():
    sources = {shape: built(shape, deepest(shape)) for shape in SHAPES}
    read = subprocess.run(
        [sys.executable, "-c", READER], input=json.dumps(sources), capture_output=True, text=True, check=False
    )
    assert (read.returncode, read.stdout.splitlines()) == (0, list(SHAPES))


def test_a_long_file_of_what_people_write_is_shallow():
    statements = (
        'function f(e,t){"use strict";return e&&t?e.then(function(n){return n+"(("}):[1,2,{a:t}]}',
        "if(a){b()}else if(c){d()}else{e()}",
        "var r=/[(\"']+/g,s=1/2/3,u=`${a}(`;",
        "e.exports={a:1,b:[],c(){}};/* (( */",
        "class A{get b(){return this}static c=1}",
        "for(var i=0;i<9;i++)try{f()}catch(e){}finally{g()}",
        "// ((((\n",
    )
    assert is_shallow("".join(statements * 5_000).encode())


def test_what_is_hidden_in_texts_and_comments_does_not_count():
    deep = "(" * 100_000
    assert is_shallow(f"a('{deep}');b(\"{deep}\");/*{deep}*/c(/[{deep}]/);//{deep}".encode())
    assert not is_shallow(f"a('');{deep}".encode())


@given(st.text(alphabet="(){}[]'\"`/*\\\n;,=a "), st.sampled_from(["'\\", "/*", "=/[", "}  ", ";  ", '"']))
def test_any_text_is_read_once(text, again):
    assert is_shallow(text.encode())
    is_shallow((text + again * 20_000).encode())
