"""The generated text, byte for byte: the committed tree, the variants, and the messages."""

from pathlib import Path

import pytest

from generate.project import generate_project
from generate.reading import read_all
from generate.tree import generated_files
from tests.generate import golden

ROOT = Path(__file__).parent.parent.parent


def test_the_committed_tree_is_what_the_generator_writes() -> None:
    texts = generate_project(*read_all(ROOT))

    assert generated_files(ROOT) == set(texts), "run make generate, and commit what it writes and removes"
    for path, text in texts.items():
        assert (ROOT / path).read_bytes() == text.encode(), f"{path}: run make generate, and commit what it writes"


@pytest.mark.parametrize("name", golden.variant_names())
def test_a_variant_is_what_the_generator_writes(name: str) -> None:
    texts = golden.variant_texts(name)

    assert generated_files(golden.GOLDEN / "variants", name) == set(texts)
    for path, text in texts.items():
        assert (golden.GOLDEN / "variants" / path).read_bytes() == text.encode(), path


@pytest.mark.parametrize("name", golden.error_names())
def test_a_refusal_says_what_it_said(name: str) -> None:
    assert golden.error_message(name).encode() == golden.message_file(name).read_bytes()


def test_no_golden_file_is_an_orphan() -> None:
    known = {"settings.toml", golden.MESSAGE_FILE}
    variants = {f"variants/{path}" for name in golden.variant_names() for path in golden.variant_texts(name)}
    published = golden.GOLDEN / "openapi"  # the contract as last published; test_openapi.py compares with it
    for path in golden.GOLDEN.rglob("*"):
        if path.is_file() and path.name not in known and path.parent != published:
            assert path.relative_to(golden.GOLDEN).as_posix() in variants
    messages = {golden.message_file(name) for name in golden.error_names()}
    assert set(golden.GOLDEN.rglob(golden.MESSAGE_FILE)) == messages


def test_the_variants_cover_every_optional_feature() -> None:
    assert set(golden.variant_names()) == {"all-features", "arm64", "minimal", "subscriptions", "ttl"}
