"""Routes from a SAM template, and which of them a request takes."""

import pytest

from shared.local.routes import Route, Table, read

ROUTES = tuple(
    Route(*row)
    for row in [
        ("ANY", "/v1/{proxy+}", "manage"),
        ("POST", "/v1/evaluate", "evaluate"),
        ("ANY", "/v1/visitors/{id}", "manage"),
        ("GET", "/v1/visitors/{id}", "reader"),
        ("GET", "/v1/visitors/export", "export"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("POST", "/v1/evaluate", "evaluate", {}),
        ("GET", "/v1/evaluate", "manage", {"proxy": "evaluate"}),
        ("GET", "/v1/visitors/a%2Fb", "reader", {"id": "a/b"}),
        ("PUT", "/v1/visitors/7", "manage", {"id": "7"}),
        ("GET", "/v1/visitors/export", "export", {}),
        ("GET", "/v1/visitors/7/more", "manage", {"proxy": "visitors/7/more"}),
    ],
)
def test_the_most_specific_route_takes_it(method, path, function, parameters):
    route, found = Table(ROUTES).find(method, path)
    assert (route.function, found) == (function, parameters)


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v2/evaluate"])
def test_no_route_takes_it(path):
    assert Table(ROUTES).find("GET", path) is None


def test_a_template_is_read_with_its_short_forms(tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text(
        """
Globals: {Function: {Handler: handler.handle}}
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Evaluate:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/evaluate/
      Environment: {Variables: {TABLE: !Ref Table, ARN: !GetAtt Table.Arn, LIST: !Split [",", !Sub "${A},${B}"]}}
      Events:
        Any: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: "*", Path: "/v1/{proxy+}"}}
        Post: {Type: HttpApi, Properties: {Method: post, Path: /v1/evaluate}}
        Timer: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
"""
    )
    read_back = read(template)
    assert read_back.routes == (Route("ANY", "/v1/{proxy+}", "evaluate"), Route("POST", "/v1/evaluate", "evaluate"))
    assert read_back.handlers == {"evaluate": (tmp_path / "functions/evaluate/handler.py", "handle")}
