"""What AWS refuses of tags, names and places is refused, in an environment's settings and in the account's alike."""

from collections.abc import Callable
from pathlib import Path

import pytest

from generate.errors import SettingsError
from generate.reading import SETTINGS_FILE, read_account, read_environment

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:us-east-1:123456789012:key/{KEY_ID}"
Read = Callable[[str], tuple[str, ...]]


@pytest.fixture(params=["dev", "account"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    """Reads settings of either kind; gives the problems without the file's name."""
    label = f"envs/{request.param}/{SETTINGS_FILE}"
    (tmp_path / label).parent.mkdir(parents=True)

    def problems(text: str) -> tuple[str, ...]:
        (tmp_path / label).write_text(text, encoding="utf-8")
        try:
            _ = read_account(tmp_path) if request.param == "account" else read_environment(tmp_path, "dev")
        except SettingsError as error:
            return tuple(problem.removeprefix(f"{label}: ") for problem in error.problems)
        return ()

    return problems


@pytest.mark.parametrize(
    "tags",
    [
        '{ team = "a", Cost-Centre = "4711", "a b" = "c d" }',
        '{ owner = "on-call@example.com", "a:b/c=d+e" = "x" }',
        '{ awsome = "aws", projects = "x" }',
    ],
)
def test_tags_that_every_service_takes_are_accepted(read: Read, tags: str) -> None:
    assert read(f"tags = {tags}") == ()


@pytest.mark.parametrize(
    ("tags", "problems"),
    [
        (
            '{ Owner = "a", owner = "b" }',
            ["tags.owner = 'b': allowed is one of tags.Owner and tags.owner: IAM compares tag keys without case"],
        ),
        *(
            (f'{{ {name} = "x" }}', ["which the generator sets, and AWS's own aws:*"])
            for name in ("project", "Project", "ENVIRONMENT", "managed-by", '"aws:x"', '"AWS:x"', '"aWs:"')
        ),
        ('{ team = "AWS:x" }', ["tags.team = 'AWS:x': allowed is a value that does not begin with aws:"]),
        ('{ " team" = "x" }', ["tags. team = 'x': allowed is no space at either end"]),
        ('{ team = "x " }', ["tags.team = 'x ': allowed is no space at either end"]),
        ('{ " " = "x" }', ["no space at either end"]),
        ('{ team = "" }', ["tags.team = '': allowed is 1 to 256 characters"]),
        ('{ "" = "x" }', ["tags. = '': allowed is 1 to 128 characters"]),
        (f'{{ {"k" * 129} = "x" }}', ["allowed is 1 to 128 characters"]),
        (f'{{ k = "{"v" * 257}" }}', ["allowed is 1 to 256 characters"]),
        *((f'{{ k = "a{sign}b" }}', ["allowed is 1 to 256 characters"]) for sign in ",;&*()\t\u00e9"),
        ("{ " + ", ".join(f'k{n} = "v"' for n in range(48)) + " }", ["allowed is a table of at most 47 keys"]),
        ('{ team = "var.team" }', ["tags.team = 'var.team': allowed is a text without anything that looks like"]),
    ],
)
def test_tags_that_a_service_refuses_are_refused(read: Read, tags: str, problems: list[str]) -> None:
    found = read(f"tags = {tags}")

    assert len(found) == len(problems)
    assert all(wanted in shown for wanted, shown in zip(problems, found, strict=True)), found


@pytest.mark.parametrize("name", ["abc", "a.b.c", "my-state-1", "1ab", "192.168.5.4.x", "a" * 63, "x-ann", "xn-a"])
def test_buckets_that_s3_takes_are_accepted(read: Read, name: str) -> None:
    assert read(f'state.bucket = "{name}"') == ()


@pytest.mark.parametrize(
    "name",
    [
        *("192.168.5.4", "999.1.1.1", "a..b", ".abc", "abc.", "-abc", "abc-", "a.-b", "a-.b", "Abc", "a_b", "ab"),
        *("a" * 64, "xn--abc", "sthree-abc", "sthree-configurator-a", "amzn-s3-demo-abc", "abc-s3alias", "abc--ol-s3"),
        *("abc.mrap", "abc--x-s3", "abc--table-s3", "abc-an", "abc\\n", "var.state", "local.x"),
    ],
)
def test_buckets_that_s3_refuses_are_refused(read: Read, name: str) -> None:
    (problem,) = read(f'state.bucket = "{name}"')

    assert problem.startswith("state.bucket = ")


@pytest.mark.parametrize("region", ["eu-central-1", "ap-east-2", "mx-central-1", "cn-northwest-1", "us-gov-east-1"])
def test_a_region_of_aws_is_accepted(read: Read, region: str) -> None:
    assert read(f'region = "{region}"\nstate.region = "{region}"') == ()


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            'region = "eu-centrall-1"',
            ["region = 'eu-centrall-1': allowed is a region of AWS, such as eu-central-1, me-central-1, eu-central-2"],
        ),
        (
            'region = "eusc-de-east-1"\nstate.region = "eusc-de-east-1"',
            [
                f"{key} = 'eusc-de-east-1': allowed is a region that the pipeline can run in, and not eusc-de-east-1: "
                "AWS provider 5.100, which the generated files are written for, asks for "
                "sts.eusc-de-east-1.amazonaws.com there, and the host is in amazonaws.eu"
                for key in ("region", "state.region")
            ],
        ),
        (
            'region = "cn-north-1"',
            [
                (
                    "state.region = 'us-east-1': allowed is a region of aws-cn, as region is: credentials are for one "
                    "partition"
                )
            ],
        ),
        ("region = 1", ["region = 1: allowed is a text"]),
    ],
)
def test_a_region_that_cannot_be_used_is_refused(read: Read, text: str, problems: list[str]) -> None:
    assert list(read(text)) == problems


@pytest.mark.parametrize("read", ["dev"], indirect=True)
def test_an_environments_state_may_be_in_another_region(read: Read) -> None:
    assert read('region = "eu-west-1"') == ()


@pytest.mark.parametrize("read", ["account"], indirect=True)
def test_the_account_makes_the_state_bucket_in_its_own_region(read: Read) -> None:
    assert read('region = "eu-west-1"') == (
        (
            "state.region = 'us-east-1': allowed is the region eu-west-1, as region says: this root makes the state "
            "bucket there"
        ),
    )


@pytest.mark.parametrize("arn", [KEY, KEY.replace(KEY_ID, f"mrk-{'a' * 32}")])
def test_a_key_of_the_buckets_region_is_accepted(read: Read, arn: str) -> None:
    assert read(f'state.kms_key_arn = "{arn}"') == ()


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        (KEY.replace("us-east-1", "eu-west-1"), "whose ARN begins with arn:aws:kms:us-east-1:"),
        (KEY.replace("arn:aws:", "arn:aws-cn:"), "whose ARN begins with arn:aws:kms:us-east-1:"),
        (KEY.replace("123456789012", "12345678901"), "allowed is what matches"),
        (KEY.replace(KEY_ID, "mrk-1"), "allowed is what matches"),
        (KEY.replace(KEY_ID, KEY_ID.upper()), "allowed is what matches"),
        (KEY.replace(KEY_ID, KEY_ID[:-1]), "allowed is what matches"),
        (KEY.replace(f"key/{KEY_ID}", "alias/state"), "allowed is what matches"),
        (KEY_ID, "allowed is what matches"),
    ],
)
def test_a_key_that_the_bucket_cannot_use_is_refused(read: Read, arn: str, reason: str) -> None:
    (problem,) = read(f'state.kms_key_arn = "{arn}"')

    assert problem.startswith("state.kms_key_arn = ")
    assert reason in problem


def test_a_key_beside_an_unknown_region_is_not_judged(read: Read) -> None:
    found = read(f'region = "x"\nstate = {{ region = "x", kms_key_arn = "{KEY}" }}')

    assert {problem.split(" ")[0] for problem in found} == {"region", "state.region"}
