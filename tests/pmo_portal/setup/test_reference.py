"""The API's schema, read for a page."""

from pmo_portal.setup.reference import resources

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
