"""Configuration: read once, and refused with a line that says what to do."""

import json
import stat
from pathlib import Path

import pytest
import yaml

from chassis.first_start import OPERATOR_TOKEN_FILE
from chassis.settings import Settings, SettingsError, embedded_secrets, load
from chassis.soundness import KNOWN_SANDBOX_SECRETS
from sandbox.secrets import SandboxSecrets

CONFIG = Path(__file__).parents[2] / "config.yaml"
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
LOOKUP_KEY = "YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk="
WEBHOOK = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
ANOTHER_WEBHOOK = "whsec_YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk="
OURS = "a-token-of-our-own-that-nobody-else-knows"


def production(**changed: str) -> dict[str, str]:
    """The environment of a sound production."""
    appointments = ("CONFIRMED", "TURNED_DOWN", "UNREACHABLE", "CANCELLED", "DECLINED", "WITHDRAWN", "TRANSFERRED")
    reminders = ("REMINDER_SERVICE", "REMINDER_BIRTHDAY", "REMINDER_CAMPAIGN")
    complaints = ("COMPLAINT_PROGRESS", "COMPLAINT_SURVEY")
    templates = (*appointments, "REGISTRATION_MATCHED", "REGISTRATION_REJECTED", "UNREGISTERED", *reminders, *complaints)
    return {
        "CHEQIAO_PUBLIC_URL": "https://car.example.com",
        "CHEQIAO_BROKER_URL": "amqp://cheqiao:broker-password@rabbitmq:5672/",
        "CHEQIAO_DATABASE_URL": "mysql+pymysql://cheqiao:database-password@mariadb/{schema}",
        "CHEQIAO_PRIVACY_KEYS": f"2026b:{KEY},2026a:{KEY}",
        "CHEQIAO_LOOKUP_KEY": LOOKUP_KEY,
        "CHEQIAO_SESSION_KEY": f"{OURS}-either",
        "CHEQIAO_OPERATOR_TOKEN": OURS,
        "CHEQIAO_CONSOLE_KEY": f"{OURS}-of-the-console",
        "CHEQIAO_WECHAT_APPID": "wx0123456789abcdef",
        "CHEQIAO_WECHAT_SECRET": "0123456789abcdef0123456789abcdef",
        "CHEQIAO_WECHAT_TOKEN": "callbacktoken",
        "CHEQIAO_WECHAT_AES_KEY": "A" * 43,
        **{f"CHEQIAO_WECHAT_TPL_{name}": f"template-{name}" for name in templates},
        "CHEQIAO_DMS_URL": "https://dms.example.com/api/v1",
        "CHEQIAO_DMS_API_KEY": "dms-key",
        "CHEQIAO_DMS_WEBHOOK_SECRET": WEBHOOK,
        "CHEQIAO_CSC_URL": "https://csc.example.com/api/v1",
        "CHEQIAO_CSC_API_KEY": "csc-key",
        "CHEQIAO_CSC_WEBHOOK_SECRET": ANOTHER_WEBHOOK,
        "CHEQIAO_SMS_URL": "https://sms.example.com/api/v1",
        "CHEQIAO_SMS_API_KEY": "sms-key",
    } | changed


def embedded(var: Path, **environ: str) -> Settings:
    return load(CONFIG, "embedded", {"CHEQIAO_VAR": str(var)} | environ)


def refusal(environ: dict[str, str], path: Path = CONFIG) -> str:
    with pytest.raises(SettingsError) as refused:
        load(path, "production", environ)
    return str(refused.value)


def config_with(tmp_path: Path, change: dict[str, object]) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(CONFIG.read_text(encoding="utf-8")) | change, allow_unicode=True))
    return path


def test_embedded_needs_nothing_from_the_environment(tmp_path):
    settings = embedded(tmp_path)

    assert settings.runtime == "embedded"
    assert {settings.http.public, settings.http.partner, settings.http.internal} == {"127.0.0.1:8000"}
    assert settings.accounts["main"].appid == "wxsandbox0000main"
    assert settings.accounts["main"].allow_plain
    assert settings.accounts["main"].api_url == "http://127.0.0.1:8000/sandbox/wechat"
    assert settings.partners.dms.base_url == "http://127.0.0.1:8000/sandbox/dms/api/v1"
    assert settings.database.url == f"sqlite:///{tmp_path}/{{schema}}.db"
    assert settings.sandbox


def test_one_variable_moves_the_whole_of_embedded(tmp_path):
    settings = embedded(tmp_path, CHEQIAO_HTTP="127.0.0.1:9999")

    assert settings.http.public_url == "http://127.0.0.1:9999"
    assert settings.partners.csc.base_url == "http://127.0.0.1:9999/sandbox/csc/api/v1"


def test_a_sandbox_elsewhere_is_spoken_to_there_and_not_mounted_here(tmp_path):
    settings = embedded(tmp_path, CHEQIAO_SANDBOX="http://127.0.0.1:8100")

    assert settings.accounts["main"].api_url == "http://127.0.0.1:8100/sandbox/wechat"
    assert settings.partners.dms.base_url == "http://127.0.0.1:8100/sandbox/dms/api/v1"
    assert not settings.sandbox


def test_every_template_has_its_words(tmp_path):
    templates = embedded(tmp_path).accounts["main"].templates

    assert templates["appointment_confirmed"].id == "sandbox-tpl-confirmed"
    assert templates["appointment_confirmed"].fields == {"thing1": "items", "date2": "time", "thing3": "dealer", "phrase4": "state"}
    ends = ("confirmed", "turned_down", "unreachable", "cancelled", "declined", "withdrawn", "transferred")
    others = {"registration_matched", "registration_rejected", "customer_unregistered"}
    reminders = {"reminder_service", "reminder_birthday", "reminder_campaign"}
    complaints = {"complaint_progress", "complaint_survey"}
    assert set(templates) == {f"appointment_{end}" for end in ends} | others | reminders | complaints


def test_the_secrets_of_embedded_are_made_once_for_their_owner_only(tmp_path):
    first, second = embedded_secrets(tmp_path / "var"), embedded_secrets(tmp_path / "var")

    assert first == second
    assert first != embedded_secrets(tmp_path / "other")
    assert (tmp_path / "var" / OPERATOR_TOKEN_FILE).read_text() == first["operator"]["token"]
    for path in (tmp_path / "var").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert len(list((tmp_path / "var").iterdir())) == 2


def test_secrets_made_before_there_was_a_console_get_a_key_for_it_that_stays(tmp_path):
    made = embedded_secrets(tmp_path)
    del made["console"]
    (tmp_path / "secrets.json").write_text(json.dumps(made))

    first, second = embedded_secrets(tmp_path), embedded_secrets(tmp_path)

    assert first["console"] == second["console"]
    assert len(first["console"]["session_key"]) >= 32


def test_damaged_secrets_are_not_made_anew(tmp_path):
    (tmp_path / "secrets.json").write_text("{")

    with pytest.raises(SettingsError, match="damaged"):
        embedded_secrets(tmp_path)


def test_production_is_read_from_the_environment():
    settings = load(CONFIG, "production", production(CHEQIAO_TRUSTED_PROXIES="10.0.0.0/8, 192.0.2.7"))

    assert settings.runtime == "production"
    assert settings.database.url.endswith("@mariadb/{schema}")
    assert settings.http.trusted_proxies == ("10.0.0.0/8", "192.0.2.7")
    assert settings.accounts["main"].previous_aes_key is None
    assert settings.accounts["main"].templates["appointment_withdrawn"].id == "template-WITHDRAWN"
    assert not settings.sandbox


def test_passwords_do_not_show_when_settings_are_printed():
    shown = repr(load(CONFIG, "production", production()))

    for secret in ("broker-password", "database-password", KEY, OURS, "callbacktoken", "dms-key"):
        assert secret not in shown


def test_every_missing_variable_is_named_at_once():
    said = refusal({})

    assert f"{CONFIG}: broker.url: set the environment variable CHEQIAO_BROKER_URL" in said
    assert f"{CONFIG}: partners.csc.api_key: set the environment variable CHEQIAO_CSC_API_KEY" in said


def test_an_empty_variable_counts_as_unset():
    assert "CHEQIAO_CSC_API_KEY" in refusal(production(CHEQIAO_CSC_API_KEY=""))


def test_a_wrong_key_is_named_with_those_that_are_known(tmp_path):
    said = refusal(production(), config_with(tmp_path, {"patience": {"first_second": 1}}))

    assert "patience.first_second: is not a known key; known here: first_seconds, longest_seconds, give_up_after_hours" in said


def test_a_wrong_key_deep_inside_is_found_too(tmp_path):
    account = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["accounts"]["main"]

    said = refusal(production(), config_with(tmp_path, {"accounts": {"main": account | {"tokn": "x"}}}))

    assert "accounts.main.tokn: is not a known key; known here: title, appid, secret, token" in said


def test_a_wrong_value_is_told_by_what_is_allowed():
    said = refusal(production(CHEQIAO_HTTP_PUBLIC="everywhere", CHEQIAO_DMS_URL="dms.example.com"))

    assert "http.public: " in said
    assert "(host:port)" in said
    assert "partners.dms.base_url: " in said
    assert "everywhere" not in said


@pytest.mark.parametrize("keys", ["2026a", f"2026a:{KEY[:-8]}", f"a:{KEY},a:{KEY}", "2026a:Zm9vYmFy!!!"])
def test_keys_that_are_none_are_refused_without_being_shown(keys):
    said = refusal(production(CHEQIAO_PRIVACY_KEYS=keys))

    assert "privacy.keys: " in said
    assert "base64 of 32 bytes" in said
    assert keys not in said


@pytest.mark.parametrize(
    ("variable", "known", "key"),
    [
        ("CHEQIAO_WECHAT_TOKEN", "sandbox-token", "accounts.main.token"),
        ("CHEQIAO_WECHAT_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "accounts.main.aes_key"),
        ("CHEQIAO_WECHAT_SECRET", "sandbox-secret", "accounts.main.secret"),
        ("CHEQIAO_DMS_API_KEY", "sandbox-dms-key", "partners.dms.api_key"),
        ("CHEQIAO_CSC_WEBHOOK_SECRET", "whsec_c2FuZGJveC1jc2Mtd2ViaG9vay1zZWNyZXQtMDAwMQ==", "partners.csc.webhook_secret"),
    ],
)
def test_a_secret_that_everybody_knows_is_refused_in_production(variable, known, key):
    said = refusal(production(**{variable: known}))

    assert f"{key}: wanted is a secret of your own" in said
    assert known not in said


def test_the_stand_ins_and_embedded_share_their_secrets_and_production_knows_them_all(tmp_path):
    theirs, ours = SandboxSecrets.known(), embedded(tmp_path)
    account, partners = ours.accounts["main"], ours.partners
    shared = {
        "appsecret": account.secret,
        "token": account.token,
        "aes_key": account.aes_key,
        "dms_api_key": partners.dms.api_key,
        "dms_webhook_secret": partners.dms.webhook_secret,
        "csc_api_key": partners.csc.api_key,
        "csc_webhook_secret": partners.csc.webhook_secret,
        "sms_api_key": ours.sms.reference.api_key,
    }

    values = {name: secret.get_secret_value() for name, secret in shared.items()}

    assert values == {name: getattr(theirs, name) for name in values}
    assert set(values.values()) == KNOWN_SANDBOX_SECRETS
    assert account.appid == theirs.appid


def test_a_sandbox_in_production_stays_on_this_machine():
    said = refusal(production(CHEQIAO_SANDBOX_MOUNTED="true"))

    assert "http.public: wanted is a loopback address" in said
    assert "http.internal" not in said


def test_an_embedded_system_is_not_opened_to_the_network(tmp_path):
    with pytest.raises(SettingsError, match="loopback"):
        embedded(tmp_path, CHEQIAO_HTTP="0.0.0.0:8000")


def test_embedded_stays_on_this_machine_even_where_its_stand_ins_run_elsewhere(tmp_path):
    with pytest.raises(SettingsError, match="loopback"):
        embedded(tmp_path, CHEQIAO_HTTP="0.0.0.0:8000", CHEQIAO_SANDBOX="http://127.0.0.1:8100")


@pytest.mark.parametrize(
    ("variable", "same_as", "key"),
    [
        ("CHEQIAO_CSC_WEBHOOK_SECRET", "CHEQIAO_DMS_WEBHOOK_SECRET", "partners.csc.webhook_secret"),
        ("CHEQIAO_OPERATOR_TOKEN", "CHEQIAO_SESSION_KEY", "operator.token"),
        ("CHEQIAO_CONSOLE_KEY", "CHEQIAO_SESSION_KEY", "console.session_key"),
    ],
)
def test_one_secret_does_not_open_two_doors(variable, same_as, key):
    secret = production()[same_as]

    said = refusal(production(**{variable: secret}))

    assert f"{key}: wanted is another secret than" in said
    assert secret not in said


def test_the_key_that_never_changes_is_none_of_those_that_do():
    said = refusal(production(CHEQIAO_LOOKUP_KEY=KEY))

    assert "privacy.lookup_key: wanted is a key that is not in privacy.keys" in said
    assert KEY not in said


def test_the_two_runtimes_do_not_mix():
    said = refusal(production(CHEQIAO_BROKER_URL="cheqiao-embedded://", CHEQIAO_DATABASE_URL="sqlite:///x.db"))

    assert "broker.url: wanted is amqp… in production" in said
    assert "database.url: wanted is mysql… in production" in said
    assert "{schema}" in said


def test_an_account_whose_name_no_message_can_carry_is_refused(tmp_path):
    account = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["accounts"]["main"]
    said = refusal(production(), config_with(tmp_path, {"accounts": {"a" * 33: account}}))

    assert "a name of 32 characters at most" in said


def test_weak_tokens_and_keys_of_the_wrong_make_are_refused():
    said = refusal(production(CHEQIAO_OPERATOR_TOKEN="short", CHEQIAO_WECHAT_AES_KEY="B" * 42, CHEQIAO_DMS_WEBHOOK_SECRET="not-standard"))

    assert "operator.token: wanted is 32 characters or more" in said
    assert "accounts.main.aes_key: wanted is 43 letters and digits" in said
    assert "partners.dms.webhook_secret: wanted is whsec_" in said


@pytest.mark.parametrize(
    ("section", "terms", "said"),
    [
        ("reminders", {"carry_after_day": 6}, "reminders.carry_after_day: wanted is a day before freeze_on_day (6)"),
        ("reminders", {"carry_after_day": 9}, "make it 5 at most, or freeze_on_day 10 or later"),
        ("reminders", {"send_from": "20:00"}, "reminders.send_from: wanted is an hour before send_until (20:00), of the same day"),
        ("reminders", {"send_from": "21:00", "send_until": "07:00"}, "reminders.send_from: wanted is an hour before send_until (07:00)"),
        ("wechat", {"service_share": 0.5}, "wechat.campaign_share: wanted is service_share (0.5) at most"),
    ],
)
def test_days_hours_and_shares_in_an_order_that_makes_no_sense_are_refused(tmp_path, section, terms, said):
    as_it_is = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))[section]

    assert said in refusal(production(), config_with(tmp_path, {section: as_it_is | terms}))


@pytest.mark.parametrize(
    "terms", [{"carry_after_day": 1, "freeze_on_day": 2}, {"carry_after_day": 20, "freeze_on_day": 21, "grace_days": 0}]
)
def test_days_in_another_order_that_holds_are_taken(tmp_path, terms):
    as_it_is = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["reminders"]

    settings = load(config_with(tmp_path, {"reminders": as_it_is | terms}), "production", production())

    assert settings.reminders.freeze_on_day == terms["freeze_on_day"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("a: [", "line 1: not YAML"), ("- a list", "a mapping of sections is wanted"), ("http: {public: '${CHEQIAO_X'}", "no closing")],
)
def test_a_file_that_is_none_is_said_to_be_so(tmp_path, text, said):
    path = tmp_path / "config.yaml"
    path.write_text(text)

    assert said in refusal({}, path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert f"{tmp_path}/none.yaml: cannot be read" in refusal({}, tmp_path / "none.yaml")
