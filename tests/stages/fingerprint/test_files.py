import pytest

from errata.stages.fingerprint.files import clean_file


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("https://cdn.example.com/static/js/main.3f2a1b9c.js?v=1", "main.js"),
        ("chunk-4JHZ2KQX.js", "chunk.js"),
        ("index-BtM5VmRH.js", "index.js"),
        ("vendors~app-0a1b2c3d4e.min.js", "vendors~app.js"),
        ("jquery-3.6.0.min.js", "jquery.js"),
        ("12.chunk.js", "<n>.js"),
        ("/usr/lib/libfoo.so.1.2.3", "libfoo.so"),
        ("C:\\app\\Cart.cs", "cart.cs"),
        ("storage/views/0123456789abcdef0123456789abcdef01234567.php", "<hash>.php"),
        ("<ipython-input-12-0a1b2c3d4e5f>", "<ipython-input>"),
        ("/tmp/ipykernel_812/3170893217.py", "<n>.py"),
        ("<decorator-gen-12>", "<decorator-gen>"),
        ("shop/__pycache__/cart.cpython-311.pyc", "cart.py"),
        ("/srv/x.php(12) : eval()'d code", "x.php"),
        ("webpack-internal:///./src/cart.js?1a2b", "cart.js"),
        # Where bundlers put files, eight letters that could be a word are none.
        ("https://shop.example.com/assets/cart-settings.js", "cart.js"),
        ("/_app/immutable/chunks/cart.dkwqzxpb.js", "cart.js"),
        ("/_nuxt/DkwqZxpB.js", "<hash>.js"),
        ("https://shop.example.com/js/cart-settings.js", "cart-settings.js"),
        ("cart-dkwqzxpb.js", "cart.js"),
        # React Native.
        ("app:///index.android.bundle", "index.bundle"),
        ("app:///main.jsbundle", "index.bundle"),
    ],
)
def test_a_file_keeps_its_name_and_loses_what_a_build_put_in(sent, cleaned):
    assert clean_file(sent) == cleaned


@pytest.mark.parametrize(
    "name",
    [
        "rhythms-strength.js",
        "html-dbschema.js",
        "base64.py",
        "rc4.c",
        "feedback.js",
        "app.UserList.js",
        "bootstrap.js",
        "es2.facade.js",
    ],
)
def test_words_are_no_hashes(name):
    assert clean_file(name) == name.lower()
