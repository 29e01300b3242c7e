import pytest

from errata.stages.fingerprint.modules import clean_module


@pytest.mark.parametrize(
    ("family", "sent", "cleaned"),
    [
        ("java", "shop.Cart$$Lambda$40/1673859467", "shop.Cart$$Lambda"),
        ("java", "shop.Cart$$Lambda/0x0000000800c8a000", "shop.Cart$$Lambda"),
        ("java", "shop.Cart$$ExternalSyntheticLambda3", "shop.Cart$$Lambda"),
        ("java", "shop.Cart$$EnhancerBySpringCGLIB$$1ebdddb0", "shop.Cart$$EnhancerBySpringCGLIB$$<auto>"),
        ("java", "shop.Cart$$SpringCGLIB$$0", "shop.Cart$$SpringCGLIB$$<auto>"),
        ("java", "jdk.proxy2.$Proxy17", "jdk.proxy<auto>.$Proxy<auto>"),
        ("java", "sun.reflect.GeneratedMethodAccessor12345", "sun.reflect.GeneratedMethodAccessor<auto>"),
        ("java", "shop.Cart$HibernateProxy$Ab12", "shop.Cart$HibernateProxy$<auto>"),
        ("java", "shop.core$fn__12345", "shop.core$fn__<auto>"),
        ("java", "shop.Cart$1", "shop.Cart$<auto>"),
        ("java", "shop.Cart$pay$2$1", "shop.Cart$pay$<auto>"),
        ("java", "shop.Cart$1$Line", "shop.Cart$<auto>$Line"),
        ("java", "shop.Cart$1Total", "shop.Cart$Total"),
        ("java", "shop.Cart$Line", "shop.Cart$Line"),
        ("java", "shop.Cart$$anonfun$pay$1$$anonfun$apply$2", "shop.Cart$$anonfun$pay$<auto>$$anonfun$apply$<auto>"),
        ("java", "Script12", "Script<auto>"),
        ("java", "SimpleTemplateScript3", "SimpleTemplateScript<auto>"),
        ("java", "shop.Cart$_run_closure2$_closure1", "shop.Cart$_run_closure<auto>$_closure<auto>"),
        ("java", "java.base@17.0.1/java.util.ArrayList", "java.util.ArrayList"),
        ("java", "app//shop.Cart", "shop.Cart"),
        ("java", "com/shop/Cart", "com/shop/Cart"),
        ("java", "shop.Cart$$$view12", "shop.Cart$$$view<auto>"),
        ("csharp", "Shop.Cart+<PayAsync>d__12", "Shop.Cart+PayAsync"),
        ("csharp", "Shop.Cart+<>c__DisplayClass3_0", "Shop.Cart"),
        ("csharp", "Shop.Cart+<>c__DisplayClass3_0+<<Run>b__0>d", "Shop.Cart+Run"),
        ("csharp", "Shop.List`1[[Shop.Cart, Shop, Version=1.0.0.0, Culture=neutral]]", "Shop.List`1"),
        ("csharp", "Shop.Map`2[[A[], a],[B`1[[C, c]], b]]", "Shop.Map`2"),
        ("csharp", "Shop.Cart+_Closure$__3-0", "Shop.Cart"),
        ("csharp", "Shop.Cart+VB$StateMachine_2_PayAsync", "Shop.Cart+PayAsync"),
        ("csharp", "Castle.Proxies.ICartProxy_3", "Castle.Proxies.ICartProxy"),
        ("php", "Shop\\Cart@anonymous\0/srv/x.php:12$0", "Shop\\Cart@anonymous"),
        ("go", "example.com/shop/vendor/gopkg%2ein/yaml%2ev3", "gopkg.in/yaml.v3"),
        ("javascript", "vendor/react@18.2.0/index", "vendor/react@<version>/index"),
        ("python", "shop.cart", "shop.cart"),
    ],
)
def test_generated_parts_of_classes_are_taken_out(family, sent, cleaned):
    assert clean_module(sent, family) == cleaned
