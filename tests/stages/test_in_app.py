import pytest

from errata.stages.in_app import is_in_app


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("https://shop.example/static/app.js", True),
        ("https://node:3000/src/a.ts", True),
        ("/srv/app/src/internal/db.ts", True),
        ("https://shop.example/internal/app.js", True),
        ("webpack:///./src/webpack/bootstrap.ts", True),
        ("app:///src/a.js", True),
        ("node:internal/process/task_queues", False),
        ("app:///node:internal/process/task_queues", False),
        ("internal/modules/cjs/loader.js", False),
        ("/srv/app/node_modules/pg/index.js", False),
        ("node_modules/pg/index.js", False),
        ("C:\\shop\\node_modules\\pg\\index.js", False),
        ("webpack:///./~/pg/index.js", False),
        ("webpack:///webpack/bootstrap 12", False),
        ("webpack://shop/webpack/runtime/chunk", False),
        ("webpack:///(webpack)/buildin/global.js", False),
        ("chrome-extension://abc/inject.js", False),
        ("[native code]", False),
        ("", None),
    ],
)
def test_a_file_of_javascript_is_the_applications_unless_it_is_a_packages_or_the_engines(path, expected):
    assert is_in_app("javascript", path, "", "", "") is expected


def test_a_file_of_node_without_a_folder_is_nodes_own():
    assert is_in_app("node", "events.js", "", "", "") is False
    assert is_in_app("node", "/srv/events.js", "", "", "") is True
    assert is_in_app("node", "/srv/app/src/internal/db.ts", "", "", "") is True


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("runtime/proc.go", False),
        ("net/http/server.go", False),
        ("/usr/local/go/src/runtime/proc.go", False),
        ("cart.go", True),
        ("log/writer.go", True),
        ("/srv/shop/runtime/worker.go", True),
    ],
)
def test_a_file_of_go_is_the_applications_unless_it_is_in_the_standard_library_or_a_module(path, expected):
    assert is_in_app("go", path, "", "", "") is expected
