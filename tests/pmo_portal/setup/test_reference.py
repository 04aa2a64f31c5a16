"""The API's description: true to what there is, and read for a page."""

import re

import pytest
from drf_spectacular.generators import SchemaGenerator

from pmo_portal.routes import routes
from pmo_portal.setup.reference import resources
from projects.register.api import ProjectViewSet

SCHEMA = {
    "paths": {
        "/api/v1/things/": {
            "get": {
                "tags": ["things"],
                "operationId": "things_list",
                "parameters": [{"name": "cursor", "in": "query", "schema": {"type": "string"}}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pages"}}}}
                },
            },
            "post": {
                "tags": ["things"],
                "operationId": "things_create",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {"201": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "Pages": {"properties": {"results": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}},
            "Kind": {"enum": ["a", "b"], "type": "string"},
            "Thing": {
                "required": ["id", "kind"],
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "kind": {"allOf": [{"$ref": "#/components/schemas/Kind"}]},
                    "day": {"type": "string", "format": "date", "nullable": True},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
            },
        }
    },
}


def test_operations_are_grouped_and_references_followed():
    (things,) = resources(SCHEMA)
    listing, creation = things.operations
    assert (listing.method, listing.gives_many) == ("GET", True)
    assert [(f.name, f.kind, f.required) for f in listing.gives] == [
        ("id", "integer", False),
        ("kind", "choice", True),
        ("day", "date", False),
        ("tags", "[string]", False),
    ]
    assert listing.gives[1].choices == ["a", "b"]
    assert [f.name for f in creation.takes] == ["kind", "day", "tags"], "what cannot be written is not offered"


def test_an_empty_schema_gives_an_empty_page():
    assert resources({}) == []


@pytest.fixture(scope="module")
def described() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


def api_routes():
    return [r for r in routes() if r.is_api]


def path_of(route) -> str:
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", route.pattern)


def test_the_description_names_every_address_and_every_method(described):
    told = {(path, method.upper()) for path, methods in described["paths"].items() for method in methods}
    there = {(path_of(r), method) for r in api_routes() for method in r.methods}
    renamed = {(path.replace("{id}", "{pk}"), method) for path, method in told}
    assert renamed == there


def test_a_list_names_the_conditions_and_orders_that_it_takes(described):
    operation = described["paths"]["/api/v1/projects/"]["get"]
    told = {p["name"]: p["schema"] for p in operation["parameters"]}
    assert set(told) == {"q", "sort", "cursor", "page_size", "fields"} | {f.key for f in ProjectViewSet.known_filters()}
    assert "-cost" in told["sort"]["enum"] and told["tier"]["items"]["enum"] == ["", "A", "B", "C", "D"]


def test_writing_names_its_headers_and_its_problems(described):
    changed = described["paths"]["/api/v1/projects/{key}/"]["patch"]
    made = described["paths"]["/api/v1/projects/"]["post"]
    assert "If-Match" in {p["name"] for p in changed["parameters"]}
    assert "Idempotency-Key" in {p["name"] for p in made["parameters"]}
    assert {"200", "400", "401", "403", "404", "412", "413", "415"} <= set(changed["responses"])
    assert "422" in made["responses"] and "ETag" in made["responses"]["201"]["headers"]


def test_what_changes_by_an_act_of_its_own_is_not_offered_for_changing(described):
    fields = described["components"]["schemas"]["PatchedProject"]["properties"]
    assert fields["pm"]["readOnly"] and fields["approved_budget"]["readOnly"] and "readOnly" not in fields["spent"]
    acts = described["paths"]["/api/v1/projects/{key}/handover/"]["post"]
    assert (
        "Handover" in str(acts["requestBody"])
        and "new_pm" in described["components"]["schemas"]["Handover"]["properties"]
    )
