"""Nothing is answered, and nothing derived, that the OpenAPI document does not have.

Clients may rely on more than the document lets them, so it has everything; a later version may add, here and there at
once.
"""

import ast
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generate.openapi.schemas import SCHEMAS
from handlers import domain
from handlers.domain.documents import encode
from handlers.domain.reading import Reading
from handlers.domain.rules import Rule
from handlers.domain.transform import DERIVED_NAMES, derived_values, plan
from tests.handlers.moto_pipeline import MotoPipeline

DOMAIN = Path(domain.__file__).parent
API_PAGE = Path(__file__).parents[2] / "docs" / "api.md"
TIMESTAMP = 1_795_428_930_123


def closed(schema: Any) -> Any:
    """A schema that allows none but the members it names."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    return {"additionalProperties": False, **inner} if "properties" in schema else inner


CLOSED = {name: closed(schema) for name, schema in SCHEMAS.items()}


def faults(name: str, document: object) -> list[str]:
    """What a document, as it is answered, has that its schema has not, or the other way round."""
    validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": {"schemas": CLOSED}})
    return [error.message for error in validator.iter_errors(json.loads(encode(document)))]


def words() -> set[str]:
    """Every name that the domain's code may look for among sensor data: whatever is derived, is derived from one."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in DOMAIN.glob("*.py")]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text.isidentifier()}


def samples() -> Iterator[dict[str, Decimal]]:
    """Sensor data of each name alone, of all names, and of all but one."""
    names = sorted(words())
    yield dict.fromkeys(names, Decimal(20))
    for name in names:
        yield {name: Decimal(20)}
        yield {each: Decimal(20) for each in names if each != name}


def test_every_derived_value_is_documented_and_every_documented_one_is_derived() -> None:
    derived = {name for sample in samples() for name in derived_values(sample)}

    assert {"temp", "temperature"} <= words()
    assert derived == set(DERIVED_NAMES)
    assert derived <= SCHEMAS["ProcessedItem"]["properties"].keys(), "document it: generate/openapi/schemas.py"


def test_an_item_has_no_member_that_the_document_lacks() -> None:
    rules = {name: Rule(None, Decimal(10), Decimal(0)) for name in DERIVED_NAMES}
    documented = SCHEMAS["ProcessedItem"]["properties"]

    found = {name for sample in samples() for name in plan(Reading("d", TIMESTAMP, sample), rules, 0).item}

    assert found == documented.keys() - {"expires_at"}


def test_the_page_for_people_has_every_derived_value() -> None:
    page = API_PAGE.read_text(encoding="utf-8")
    _, _, section = page.partition("### ProcessedItem")

    for name in DERIVED_NAMES:
        assert f"| `{name}` |" in section.partition("\n### ")[0], "run make generate"


@pytest.fixture
def expiring(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> MotoPipeline:
    """The pipeline with all that is optional in its items: an end of life, a broken rule."""
    monkeypatch.setenv("RAW_TTL_DAYS", "1")
    monkeypatch.setenv("PROCESSED_TTL_DAYS", "1")
    reading = {"device_id": "d", "sensor_data": {"temp": 90, "mode": "auto", "on": True}}
    readings = [{**reading, "timestamp": TIMESTAMP + number} for number in range(2)]
    assert moto.post({"readings": readings})[0] == 200
    moto.process(*moto.queued())
    return moto


@pytest.mark.parametrize(
    ("schema", "parameters"),
    [("Items", {}), ("Items", {"table": "raw"}), ("Items", {"limit": "1"}), ("Series", {"interval": "PT1M"})],
)
def test_a_query_answers_what_is_documented(expiring: MotoPipeline, schema: str, parameters: dict[str, str]) -> None:
    status, body = expiring.query(device_id="d", **parameters)

    assert (status, bool(body["items"])) == (200, True)
    assert faults(schema, body) == []


def test_each_table_has_items_of_its_own_kind(expiring: MotoPipeline) -> None:
    for table, schema in (("processed", "ProcessedItem"), ("raw", "RawItem")):
        for item in expiring.query(device_id="d", table=table)[1]["items"]:
            assert faults(schema, item) == []
            assert item.keys() >= set(SCHEMAS[schema]["required"]) | {"expires_at"}


def test_other_answers_are_what_is_documented(expiring: MotoPipeline) -> None:
    reading = {"device_id": "d", "timestamp": TIMESTAMP + 9, "sensor_data": {"temp": 1}}
    other = {**reading, "sensor_data": {"temp": 2}}

    answers = {
        "Accepted": expiring.post(reading),
        "BatchAccepted": expiring.post({"readings": [reading, other, {}]}),
        "Processed": expiring.reprocess({"device_id": "d", "limit": 1}),
        "Problem": expiring.post(other),
    }

    assert [status for status, _ in answers.values()] == [200, 207, 200, 409]
    assert {schema: faults(schema, body) for schema, (_, body) in answers.items()} == {schema: [] for schema in answers}


def test_a_member_that_is_not_documented_is_noticed() -> None:
    accepted = {"message": "accepted", "device_id": "d", "timestamp": 1}

    assert faults("Accepted", accepted) == []
    assert faults("Accepted", {**accepted, "more": 1}) != []
