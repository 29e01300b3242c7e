"""Real bundles, built and uploaded as people do: stored stacks show what was written, and builds share their issues."""

import asyncio

import pytest
from tests.clients.bundles.conftest import CHROMIUM, SHOP, Stored

pytestmark = [pytest.mark.clients, pytest.mark.stack]

BUNDLERS = pytest.mark.parametrize(
    ("bundler", "major"), [("esbuild", "2"), ("vite", "3"), ("webpack", "3")], ids=["esbuild", "vite", "webpack"]
)
CALLS = (
    ("placeOrder", "src/checkout.js", 'checkout.charge("EUR")'),
    ("Checkout.charge", "src/checkout.js", "totalOf(this.items)"),
    ("totalOf", "src/cart.js", "items.forEach(addPriceOf)"),
    ("addPriceOf", "src/cart.js", "item.offers.at(-1).price"),
)
"""The failing order, oldest call first: the function, its file, and what is written in the line that is reached."""


def written(function: str, file: str, text: str) -> dict:
    """Give what a frame must show of a call."""
    lines = (SHOP / file).read_text().splitlines()
    [at] = [number for number, line in enumerate(lines) if text in line]
    return {
        "function": function,
        "lineno": at + 1,
        "context_line": lines[at],
        "pre_context": lines[max(0, at - 5) : at],
        "post_context": lines[at + 1 : at + 6],
        "in_app": True,
    }


def assert_shows_what_was_written(stored: Stored) -> None:
    """Check every frame of the shop, and that what came beside is kept."""
    places = [at for at, frame in enumerate(stored.frames) if frame.get("data", {}).get("symbolicated")]
    shown = [stored.frames[at] for at in places]
    expected = [written(*call) for call in CALLS]
    assert [{key: frame.get(key) for key in expected[0]} for frame in shown] == expected
    for frame, (_, file, _) in zip(shown, CALLS, strict=True):
        assert frame["filename"].endswith(file)
    for at in places:
        assert "/dist/shop." in stored.raw_frames[at]["abs_path"]
    assert "errors" not in stored.payload


@BUNDLERS
async def test_an_error_on_a_server_shows_its_sources(shop, bundler, major):
    file = "dist/shop.mjs" if bundler == "vite" else "dist/shop.cjs"
    await asyncio.to_thread(shop.build, bundler, "node", file)
    await asyncio.to_thread(shop.upload, "dist", major)
    await asyncio.to_thread(shop.serve, file)
    assert_shows_what_was_written(await shop.stored())


# esbuild's is of the line that runs sentry-cli 2, webpack's of the one with a client of its own (`sentry` 0.49). That
# client does not know its own snippet again once Vite 8 has minified it, and uploads a map that is a line off.
@pytest.mark.parametrize("bundler", ["esbuild", "webpack"])
async def test_what_a_plugin_of_the_bundler_uploads_is_used(shop, bundler):
    await asyncio.to_thread(shop.build_with_plugin, bundler, "node", "dist/shop.cjs")
    await asyncio.to_thread(shop.serve, "dist/shop.cjs")
    assert_shows_what_was_written(await shop.stored())


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium")
@BUNDLERS
async def test_an_error_in_chromium_shows_its_sources(shop, bundler, major):
    await asyncio.to_thread(shop.build, bundler, "browser", "dist/shop.js")
    await asyncio.to_thread(shop.upload, "dist", major)
    with shop.open_in_chromium("dist/shop.js"):
        assert_shows_what_was_written(await shop.stored())


@pytest.mark.parametrize("major", ["2", "3"])
async def test_a_page_without_debug_ids_is_known_by_its_release_and_address(shop, major):
    await asyncio.to_thread(shop.build, "esbuild", "browser", "dist/shop.js")
    upload = ("sourcemaps", "upload", "dist", "--release", shop.release, "--url-prefix", "~/dist", "--wait")
    await asyncio.to_thread(shop.cli(major), *upload)
    await asyncio.to_thread(shop.open_without_browser, "dist/shop.js")
    assert_shows_what_was_written(await shop.stored())


async def test_builds_that_are_minified_differently_share_an_issue_only_with_their_maps(shop, other_shop):
    as_written = {"minify": False, "minifyWhitespace": True}

    async def issue(one, file, *, uploaded, **options):
        # A banner of its own: the same text would have the debug id that was uploaded before.
        banner = {"js": f"/* {one.release} */"}
        await asyncio.to_thread(one.build, "esbuild", "node", file, banner=banner, **options)
        folder = file.partition("/")[0]
        await asyncio.to_thread(one.upload if uploaded else one.inject, folder)
        await asyncio.to_thread(one.serve, file)
        return (await one.stored()).issue

    # With maps even names of built files do not matter, without them not even equal ones help.
    first = await issue(shop, "dist/shop.cjs", uploaded=True)
    assert first == await issue(other_shop, "build/app.cjs", uploaded=True, **as_written)
    shop.renew()
    other_shop.renew()
    first = await issue(shop, "dist/shop.cjs", uploaded=False)
    assert first != await issue(other_shop, "dist/shop.cjs", uploaded=False, **as_written)
