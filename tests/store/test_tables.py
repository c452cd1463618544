import boto3
import pytest

from shared.store import tables, template


@pytest.fixture
def client(backend):
    return boto3.client("dynamodb")


def test_local_tables_are_those_of_the_template(client):
    names = tables.create(client, "mine")
    assert names == tables.names("mine")
    assert names == {
        "DEFINITIONS_TABLE": "mine-definitions",
        "IMAGES_TABLE": "mine-images",
        "PROFILES_TABLE": "mine-profiles",
    }
    declared = template.resources(template.load(), "AWS::DynamoDB::Table")["ImagesTable"]
    table = client.describe_table(TableName="mine-images")["Table"]
    assert table["KeySchema"] == declared["KeySchema"]
    assert table["BillingModeSummary"]["BillingMode"] == declared["BillingMode"]
    expiry = client.describe_time_to_live(TableName="mine-definitions")["TimeToLiveDescription"]
    assert (expiry["AttributeName"], expiry["TimeToLiveStatus"]) == ("expires_at", "ENABLED")


def test_creating_again_keeps_what_is_there(client):
    names = tables.create(client, "kept")
    client.put_item(TableName=names["IMAGES_TABLE"], Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    client.delete_table(TableName=names["PROFILES_TABLE"])
    tables.create(client, "kept")
    assert client.scan(TableName=names["IMAGES_TABLE"])["Count"] == 1
    assert client.describe_table(TableName=names["PROFILES_TABLE"])["Table"]["TableStatus"] == "ACTIVE"


def test_the_template_is_read_with_intrinsic_functions_in_their_long_form(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text("a: !Ref B\nc: !GetAtt D.Arn\ne: !If [F, !Sub 'g', {h: 1}]\ni: !Not {j: k}\n")
    assert template.load(path) == {
        "a": {"Ref": "B"},
        "c": {"Fn::GetAtt": ["D", "Arn"]},
        "e": {"Fn::If": ["F", {"Fn::Sub": "g"}, {"h": 1}]},
        "i": {"Fn::Not": {"j": "k"}},
    }
