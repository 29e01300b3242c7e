"""Debug images."""

import pytest


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (
            {"type": "pe", "id": "3249D99D0C4049318610F4E4FB0B69361", "name": "a.exe", "image_addr": 4096},
            {
                "type": "pe",
                "debug_id": "3249d99d-0c40-4931-8610-f4e4fb0b6936-1",
                "code_file": "a.exe",
                "image_addr": "0x1000",
            },
        ),
        (
            {
                "type": "apple",
                "uuid": "C05B4DDD-69A7-3840-A649-32180D341587",
                "name": "Foo",
                "image_addr": "0x0000000000001000",
                "image_size": 4096,
                "image_vmaddr": "32768",
            },
            {
                "type": "apple",
                "uuid": "c05b4ddd-69a7-3840-a649-32180d341587",
                "name": "Foo",
                "image_addr": "0x1000",
                "image_size": 4096,
                "image_vmaddr": "0x8000",
            },
        ),
        (
            {
                "type": "elf",
                "code_id": "AB12-cd34 ",
                "code_file": "libc.so",
                "debug_id": "c05b4ddd-69a7-3840-a649-32180d341587",
                "own": 1,
            },
            {
                "type": "elf",
                "code_id": "ab12cd34",
                "code_file": "libc.so",
                "debug_id": "c05b4ddd-69a7-3840-a649-32180d341587",
                "own": 1,
            },
        ),
    ],
)
def test_debug_images_have_one_spelling_of_ids_and_addresses(normalized, sent, stored):
    event = normalized({"debug_meta": {"images": [sent, None]}})
    assert event["debug_meta"]["images"] == [stored, None]
    assert "errors" not in event


@pytest.mark.parametrize(
    ("image", "missing"),
    [
        ({"type": "apple"}, ["image_addr", "image_size", "name", "uuid"]),
        ({"type": "macho"}, ["code_file", "debug_id"]),
        ({"type": "sourcemap", "code_file": "a.js"}, ["debug_id"]),
        ({"type": "proguard"}, ["uuid"]),
    ],
)
def test_an_image_names_what_it_is_found_by(errors_of, image, missing):
    assert errors_of({"debug_meta": {"images": [image]}}) == [
        ("missing_attribute", f"debug_meta.images.0.{name}") for name in missing
    ]


def test_an_image_of_no_known_type_is_removed(normalized, errors_of):
    images = [{"type": "punch cards"}, {}, {"type": "proguard", "uuid": "c05b4ddd-69a7-3840-a649-32180d341587"}]
    assert errors_of({"debug_meta": {"images": [dict(image) for image in images]}}) == [
        ("invalid_data", "debug_meta.images.0"),
        ("invalid_data", "debug_meta.images.1"),
    ]
    assert normalized({"debug_meta": {"images": images}})["debug_meta"]["images"] == [None, None, images[2]]
    assert "debug_meta" not in normalized({"debug_meta": {"images": [{"type": "punch cards"}]}})


def test_a_debug_id_is_one(errors_of):
    image = {"type": "elf", "code_file": "a", "debug_id": "bad"}
    assert errors_of({"debug_meta": {"images": [image]}}) == [("invalid_data", "debug_meta.images.0.debug_id")]


@pytest.mark.parametrize("sent", [{}, {"images": None}, {"images": []}, {"sdk_info": {}}, None])
def test_debug_information_that_says_nothing_is_nothing(normalized, errors_of, sent):
    assert "debug_meta" not in normalized({"debug_meta": sent})
    assert errors_of({"debug_meta": sent}) == []
