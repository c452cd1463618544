"""The template as CloudFormation will see it: translated, then read."""

import re
from pathlib import Path

import pytest
from cfnlint.api import lint_file
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from shared.store import template

ROOT = Path(__file__).parents[2]
SOURCE = template.load()
FUNCTIONS = {
    name.removesuffix("Function").lower(): properties
    for name, properties in template.resources(SOURCE, "AWS::Serverless::Function").items()
}
EVALUATE_ROUTES = {
    "GET /v1/evaluate",
    "POST /v1/evaluate",
    "POST /v1/evaluate/batch",
    "GET /v1/image",
    "GET /v1/images/{hash}",
    "GET /v1/health",
    "GET /v1/ready",
}
MANAGE_ROUTES = {"ANY /v1/{proxy+}", "POST /v1/explain", "GET /openapi.json", "GET /docs", "GET /problems/{slug}"}


class NoManagedPolicies:
    """The template writes its statements out, so there is no policy name to look up."""

    def load(self):
        return {}


@pytest.fixture(scope="module")
def translated():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        source = yaml_parse(template.PATH.read_text())
        # what `sam build` and `sam package` put there
        for resource in source["Resources"].values():
            for name in ("CodeUri", "ContentUri"):
                if name in resource.get("Properties", {}):
                    resource["Properties"][name] = "s3://bucket/key"
        return transform(source, {}, NoManagedPolicies())["Resources"]


def of_kind(translated, kind):
    return {name: each["Properties"] for name, each in translated.items() if each["Type"] == kind}


def statements(translated, function):
    role = translated[f"{function.title()}FunctionRole"]["Properties"]
    return [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]


def granted(translated, function):
    """(action, what it is allowed on), statement by statement."""
    found = set()
    for statement in statements(translated, function):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        found |= {(action, each["Fn::GetAtt"][0]) for action in actions for each in resources}
    return found


def test_cfn_lint_has_nothing_to_say():
    assert [str(match) for match in lint_file(template.PATH)] == []


def test_every_function_has_its_folder_and_every_folder_its_function():
    folders = {path.name for path in (ROOT / "functions").iterdir() if path.name != "__pycache__"}
    assert folders == set(FUNCTIONS)
    for name, properties in FUNCTIONS.items():
        assert properties["CodeUri"] == f"functions/{name}/"
        files = [path.name for path in (ROOT / "functions" / name).iterdir() if path.name != "__pycache__"]
        assert files == ["handler.py"]
    assert SOURCE["Globals"]["Function"]["Handler"] == "handler.handler"


def test_evaluate_may_read_images_and_profiles_and_nothing_else(translated):
    assert granted(translated, "evaluate") == {
        (action, table)
        for action in ("dynamodb:GetItem", "dynamodb:BatchGetItem")
        for table in ("ImagesTable", "ProfilesTable")
    }


def test_manage_may_do_what_the_store_does_and_nothing_else(translated):
    assert granted(translated, "manage") == {
        *((f"dynamodb:{action}", "DefinitionsTable") for action in
          ("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem")),
        *((f"dynamodb:{action}", "ImagesTable") for action in ("GetItem", "BatchGetItem", "PutItem")),
        *((f"dynamodb:{action}", "ProfilesTable") for action in
          ("GetItem", "BatchGetItem", "PutItem", "DeleteItem", "BatchWriteItem")),
        ("kms:Sign", "SigningKey"),
    }  # fmt: skip


def test_the_sweep_may_read_and_change_memberships_and_note_how_far_it_came(translated):
    assert granted(translated, "sweep") == {
        *((f"dynamodb:{action}", "DefinitionsTable") for action in ("GetItem", "PutItem")),
        *((f"dynamodb:{action}", "ProfilesTable") for action in ("Scan", "GetItem", "PutItem", "DeleteItem")),
    }
    assert of_kind(translated, "AWS::Events::Rule")["SweepFunctionDaily"]["ScheduleExpression"] == "rate(1 day)"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_statement_of_a_function_has_a_wildcard(translated, function):
    for statement in statements(translated, function):
        assert statement["Effect"] == "Allow"
        assert "*" not in str(statement), statement["Sid"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_beside_its_statements_a_role_may_only_write_logs(translated, function):
    policies = str(translated[f"{function.title()}FunctionRole"]["Properties"]["ManagedPolicyArns"])
    assert policies.count("arn:") == 1
    assert "AWSLambdaBasicExecutionRole" in policies


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_runs_on_python_313_with_a_log_group_of_its_own(translated, function):
    properties = translated[f"{function.title()}Function"]["Properties"]
    assert properties["Runtime"] == "python3.13"
    assert properties["Architectures"] == [{"Ref": "Architecture"}]
    group = properties["LoggingConfig"]["LogGroup"]["Ref"]
    assert group == f"{function.title()}Logs"
    assert translated[group]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_only_manage_knows_the_signing_key_and_evaluate_no_definitions(translated):
    tables = {"IMAGES_TABLE", "PROFILES_TABLE"}
    shared = {"PROJECT", "ENVIRONMENTS", *tables, "SIGNING_PUBLIC_KEYS", "TRUSTED_CDN", "LOG_LEVEL"}
    assert variables(translated, "Evaluate") == shared
    assert variables(translated, "Manage") == shared | {"DEFINITIONS_TABLE", "SIGNING_KEY_ID"}
    assert variables(translated, "Sweep") == shared | {"DEFINITIONS_TABLE"}


def variables(translated, function):
    return set(translated[f"{function}Function"]["Properties"]["Environment"]["Variables"])


def test_the_hot_function_carries_the_light_layer_only(translated):
    def layers(function):
        return [re.sub(r"[0-9a-f]{10}$", "", each["Ref"]) for each in function["Properties"]["Layers"]]

    assert layers(translated["EvaluateFunction"]) == ["SharedLayer"]
    assert sorted(layers(translated["ManageFunction"])) == ["AuthoringLayer", "SharedLayer"]


def test_every_layer_is_built_by_a_target_of_its_name():
    targets = set(re.findall(r"^build-(\w+):", (ROOT / "shared" / "Makefile").read_text(), re.MULTILINE))
    layers = template.resources(SOURCE, "AWS::Serverless::LayerVersion")
    assert targets == set(layers)
    for name, properties in layers.items():
        assert SOURCE["Resources"][name]["Metadata"] == {"BuildMethod": "makefile"}
        assert properties["ContentUri"] == "shared/"


def test_tables_are_three_protected_and_billed_by_request(translated):
    tables = of_kind(translated, "AWS::DynamoDB::Table")
    assert set(tables) == {"DefinitionsTable", "ImagesTable", "ProfilesTable"}
    protected = {"Fn::If": ["Protected", True, False]}
    for name, properties in tables.items():
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        keys = [(key["AttributeName"], key["KeyType"]) for key in properties["KeySchema"]]
        assert keys == [("pk", "HASH"), ("sk", "RANGE")]
        assert properties["DeletionProtectionEnabled"] == protected
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": protected}
        assert properties["SSESpecification"] == {"SSEEnabled": True}
        assert translated[name]["UpdateReplacePolicy"] == "Retain"
    assert SOURCE["Parameters"]["Protection"]["Default"] == "on"


def test_the_signing_key_only_signs_and_outlives_the_stack(translated):
    properties = translated["SigningKey"]["Properties"]
    assert (properties["KeySpec"], properties["KeyUsage"]) == ("RSA_3072", "SIGN_VERIFY")
    assert translated["SigningKey"]["UpdateReplacePolicy"] == "Retain"


def routes(translated, function):
    """The routes whose integration is this function, from the API's generated OpenAPI."""
    body = translated["HttpApi"]["Properties"]["Body"]
    found = set()
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            if f"${{{function}Function.Arn}}" in str(operation["x-amazon-apigateway-integration"]["uri"]):
                found.add(f"{'ANY' if 'any' in method else method.upper()} {path}")
    return found


def test_evaluate_answers_its_routes_and_their_preflights(translated):
    preflights = {f"OPTIONS {route.split()[1]}" for route in EVALUATE_ROUTES}
    assert routes(translated, "Evaluate") == EVALUATE_ROUTES | preflights


def test_manage_answers_everything_else(translated):
    assert routes(translated, "Manage") == MANAGE_ROUTES


def test_the_gateway_waits_longer_than_the_function_and_throttles():
    for name in ("evaluate", "manage"):
        properties = FUNCTIONS[name]
        waits = [event["Properties"].get("TimeoutInMillis", 30_000) for event in properties["Events"].values()]
        assert min(waits) > properties["Timeout"] * 1000
    api = SOURCE["Resources"]["HttpApi"]["Properties"]
    assert api["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert "CorsConfiguration" not in api
