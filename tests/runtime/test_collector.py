import subprocess
import sys


def test_what_is_there_at_the_start_is_never_looked_at_again():
    look = "import gc; from errata.runtime.collector import ease_garbage_collection as ease; ease()"
    told = "print(gc.get_freeze_count() > 1000, gc.isenabled(), gc.get_threshold()[0] > 700)"
    done = subprocess.run([sys.executable, "-c", f"{look}; {told}"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]
