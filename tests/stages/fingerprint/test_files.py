import pytest

from errata.stages.fingerprint.files import clean_file, clean_module


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
    ],
)
def test_a_file_keeps_its_name_and_loses_what_a_build_put_in(sent, cleaned):
    assert clean_file(sent) == cleaned


@pytest.mark.parametrize(
    "name", ["base64.py", "rc4.c", "feedback.js", "app.UserList.js", "bootstrap.js", "es2.facade.js"]
)
def test_words_are_no_hashes(name):
    assert clean_file(name) == name.lower()


@pytest.mark.parametrize(
    ("family", "sent", "cleaned"),
    [
        ("java", "shop.Cart$$Lambda$40/1673859467", "shop.Cart$$Lambda"),
        ("java", "shop.Cart$$Lambda/0x0000000800c8a000", "shop.Cart$$Lambda"),
        ("java", "shop.Cart$$ExternalSyntheticLambda3", "shop.Cart$$Lambda"),
        ("java", "shop.Cart$$EnhancerBySpringCGLIB$$1ebdddb0", "shop.Cart$$EnhancerBySpringCGLIB$$<auto>"),
        ("java", "shop.Cart$$SpringCGLIB$$0", "shop.Cart$$SpringCGLIB$$<auto>"),
        ("java", "jdk.proxy2.$Proxy17", "jdk.proxy2.$Proxy<auto>"),
        ("java", "sun.reflect.GeneratedMethodAccessor12345", "sun.reflect.GeneratedMethodAccessor<auto>"),
        ("java", "shop.Cart$HibernateProxy$Ab12", "shop.Cart$HibernateProxy$<auto>"),
        ("java", "shop.core$fn__12345", "shop.core$fn__<auto>"),
        ("java", "shop.Cart$1", "shop.Cart$1"),
        ("csharp", "Shop.Cart+<PayAsync>d__12", "Shop.Cart+PayAsync"),
        ("csharp", "Shop.Cart+<>c__DisplayClass3_0", "Shop.Cart"),
        ("csharp", "Shop.Cart+<>c__DisplayClass3_0+<<Run>b__0>d", "Shop.Cart+Run"),
        ("python", "shop.cart", "shop.cart"),
    ],
)
def test_generated_parts_of_classes_are_taken_out(family, sent, cleaned):
    assert clean_module(sent, family) == cleaned
