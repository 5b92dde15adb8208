"""Pictures lie in the var folder, or in an S3 store that all is known of."""

import pytest

from participation.settings_error import SettingsError
from participation.settings_pictures import DEFAULT_REGION, S3Settings, picture_settings

WHOLE = {
    "PICTURES_S3_ENDPOINT": "https://s3.example.org/",
    "PICTURES_S3_BUCKET": "svarer-bilder",
    "PICTURES_S3_ACCESS_KEY_ID": "svarer",
    "PICTURES_S3_SECRET_ACCESS_KEY": "hemmelig-nokkel",
}


def test_without_any_of_them_pictures_lie_in_the_var_folder() -> None:
    assert picture_settings({}) is None
    assert picture_settings(dict.fromkeys(WHOLE, "")) is None


def test_all_of_them_are_a_store() -> None:
    made = picture_settings(WHOLE)
    assert made == S3Settings(
        endpoint="https://s3.example.org",
        bucket="svarer-bilder",
        access_key_id="svarer",
        secret_access_key="hemmelig-nokkel",
        region=DEFAULT_REGION,
    )
    assert "hemmelig-nokkel" not in repr(made)
    region = picture_settings(WHOLE | {"PICTURES_S3_REGION": "eu-north-1"})
    assert region is not None
    assert region.region == "eu-north-1"


@pytest.mark.parametrize("name", WHOLE)
def test_half_of_them_are_refused_by_the_name_of_what_lacks(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is missing") as error:
        picture_settings({**WHOLE, name: " "})
    assert "hemmelig-nokkel" not in str(error.value)


def test_a_region_alone_is_half_of_them() -> None:
    with pytest.raises(SettingsError, match="PICTURES_S3_ENDPOINT is missing"):
        picture_settings({"PICTURES_S3_REGION": "eu-north-1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("PICTURES_S3_ENDPOINT", address)
            for address in ("s3.example.org", "http://s3.example.org", "ftp://x", "//")
        ),
        ("PICTURES_S3_ENDPOINT", "https://user:password@s3.example.org"),
        ("PICTURES_S3_ENDPOINT", "https://s3.example.org/?x=1"),
        ("PICTURES_S3_ENDPOINT", "https://s3.example.org:99999"),
        *(("PICTURES_S3_BUCKET", bucket) for bucket in ("Bilder", "b", "bil/der", "../x", "bil_der", "x" * 64)),
        ("PICTURES_S3_ACCESS_KEY_ID", "to ord"),
        ("PICTURES_S3_SECRET_ACCESS_KEY", "hemmelig\nnokkel"),
        ("PICTURES_S3_REGION", "blåbær"),
    ],
)
def test_what_can_not_be_right_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as error:
        picture_settings(WHOLE | {name: value})
    assert "hemmelig" not in str(error.value)


def test_a_store_on_this_machine_may_speak_plainly() -> None:
    made = picture_settings(WHOLE | {"PICTURES_S3_ENDPOINT": "http://127.0.0.1:9000"})
    assert made is not None
    assert made.endpoint == "http://127.0.0.1:9000"
