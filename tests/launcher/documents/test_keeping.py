"""The documents are written from the contracts, valid, and refused when they would break an older reader."""

import json
import subprocess
from pathlib import Path
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import Field

from chassis.privacy import Vault
from contracts.catalogue import ALL, QUEUED_SERVICES
from contracts.envelope import Event
from contracts.personal import Mobile
from launcher.documents import Broken, asyncapi, build, check
from launcher.documents.keeping import documents
from launcher.documents.schemas import as_json, file_of, schema_of

COMMITTED = Path(__file__).parents[3] / "contracts"


class CarWashed(Event):
    """A car is clean."""

    owner: ClassVar[str] = "wash"
    readers: ClassVar[tuple[str, ...]] = ("insight",)
    subject_field: ClassVar[str] = "wash_id"

    wash_id: UUID
    mobile: Mobile
    water: str = Field(max_length=8)


class Renamed(CarWashed):
    """The same type on the bus, with a field that older readers do not know under this name."""

    water: ClassVar[str]  # type: ignore[misc,assignment]
    litres: str

    @classmethod
    def type_name(cls) -> str:
        return "car.washed"


class RenamedInTheOpen(Renamed):
    schema_version: ClassVar[int] = 2


def written(*contracts: type[Event]) -> dict[str, str]:
    return {file_of(contract): as_json(schema_of(contract)) for contract in contracts}


def test_the_committed_documents_are_what_the_contracts_say() -> None:
    assert check(COMMITTED)


def test_every_message_has_a_schema_under_its_own_name() -> None:
    made = documents()

    assert all(json.loads(made[file_of(contract)])["$id"] == contract.dataschema() for contract in ALL)


def test_a_message_as_it_is_on_the_bus_fits_its_schema() -> None:
    sealed = Vault({"k": bytes(32)}, bytes(32)).seal_contract(CarWashed(wash_id=uuid4(), mobile="13800138000", water="cold"))

    Draft202012Validator(schema_of(CarWashed)).validate(sealed)


def test_building_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    first, second = build(tmp_path), build(tmp_path)

    assert len(first) == len(documents())
    assert second == []


def test_a_schema_that_was_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    build(tmp_path)
    (tmp_path / "asyncapi.yaml").write_text("asyncapi: 3.0.0\n")

    with pytest.raises(Broken, match=r"contracts/asyncapi.yaml is not what the contracts say"):
        check(tmp_path)


def test_a_schema_without_a_contract_is_noticed(tmp_path: Path) -> None:
    build(tmp_path, written(CarWashed))
    (tmp_path / "schemas" / "car.sold.v1.json").write_text("{}")

    with pytest.raises(Broken, match=r"car\.sold\.v1\.json belongs to no contract"):
        check(tmp_path, written(CarWashed))


def test_a_renamed_field_is_refused_and_named_before_anything_is_written(tmp_path: Path) -> None:
    build(tmp_path, written(CarWashed))

    with pytest.raises(Broken) as refused:
        build(tmp_path, written(Renamed))

    assert [reason.partition(". That")[0] for reason in refused.value.reasons] == [
        "car.washed: litres was added as required; messages already sent do not have it",
        "car.washed: water was removed or renamed",
    ]
    assert (tmp_path / file_of(CarWashed)).read_text() == written(CarWashed)[file_of(CarWashed)]


def test_a_new_schema_version_may_say_what_it_likes_and_the_old_one_stays(tmp_path: Path) -> None:
    build(tmp_path, written(CarWashed))

    build(tmp_path, written(RenamedInTheOpen))

    assert check(tmp_path, written(RenamedInTheOpen)) == ["schemas/car.washed.v2.json"]
    assert (tmp_path / "schemas" / "car.washed.v1.json").exists()


def test_a_break_that_was_committed_is_still_seen(tmp_path: Path) -> None:
    def commit() -> None:
        author = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        for command in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "x"]):
            subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)

    build(tmp_path, written(CarWashed))
    commit()
    (tmp_path / file_of(CarWashed)).unlink()
    build(tmp_path, written(Renamed))
    commit()

    with pytest.raises(Broken, match="water was removed or renamed"):
        check(tmp_path, written(Renamed))


def test_a_partner_api_may_not_drop_a_field_within_a_major_version(tmp_path: Path) -> None:
    name = "openapi/dms.yaml"
    build(tmp_path, {name: documents()[name]})
    changed = yaml.safe_load(documents()[name])
    del changed["components"]["schemas"]["StoreAnswer"]["properties"]["dms_no"]

    with pytest.raises(Broken, match=r"StoreAnswer\.dms_no was removed or renamed"):
        build(tmp_path, {name: yaml.safe_dump(changed)})


def test_an_openapi_document_that_is_not_valid_is_refused(tmp_path: Path) -> None:
    name = "openapi/dms.yaml"
    invalid = yaml.safe_load(documents()[name])
    del invalid["info"]["version"]

    with pytest.raises(Broken, match=r"contracts/openapi/dms\.yaml"):
        build(tmp_path, {name: yaml.safe_dump(invalid)})


def test_the_bus_document_has_a_channel_for_each_queue_and_a_receiver_for_each_message() -> None:
    document = asyncapi.document(ALL)

    queues = {name for service in QUEUED_SERVICES for name in (service, f"{service}.orders")}
    received = {
        reference["$ref"].rsplit("/", 1)[-1] for queue in queues for reference in document["operations"][f"{queue}.receive"]["messages"]
    }
    assert set(document["channels"]) == queues
    assert received == {contract.type_name() for contract in ALL}


def test_a_bus_document_with_a_loose_end_says_where() -> None:
    document = asyncapi.document(ALL)
    del document["channels"]["dms"]["messages"]["store.slip"]
    document["operations"]["csc.receive"]["action"] = "listen"

    assert asyncapi.structural_faults(document) == [
        "#/channels/dms/messages/store.slip names nothing",
        "#/channels/dms/messages/store.slip names nothing",
        "operations.csc.receive.action must be send or receive",
    ]
