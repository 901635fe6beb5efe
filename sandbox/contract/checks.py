"""What the contract expects where the document can't say it.

A request that fits the document may still be refused with 400: the document can't say which ids exist, which
version is current, or which status may follow which. The sandbox names the rule behind each refusal in the
header `X-Sandbox-Rule`; the rules below are those that no schema can express. A refusal by any other rule is
a mistake, in the document or in the sandbox. This takes the place of schemathesis's own check
`positive_data_acceptance`, which would have to allow every 400.
"""

import schemathesis

BEYOND_THE_DOCUMENT = {
    # State: what exists, what is taken, what is current.
    "contact-structure-exists",
    "contact-structure-fixed",
    "contact-key-unique",
    "contact-refs",
    "field-known",
    "search-field",
    "structure-labels",
    "lists-delete",
    "version-current",
    # What the value of a field may be depends on the field.
    "field-type",
    # Properties that depend on each other, or on what was before.
    "status-pair",
    "status-one-way",
    # PATCH takes the status only, which the document says in words: clients may know more properties.
    "patch-status-only",
    # `lists-merge` asks for two different lists; the document can ask for two ids only.
    "lists-merge",
    # Sets that the document leaves open, so that clients accept new members, but of which the sandbox knows
    # only the members of today.
    "status-case",
    "status-settable",
    "search-criteria",
    "event-types",
    "list-name",
    "structure-replace",
    # Format `email` allows more than the sandbox's plain check does, such as quoted spaces.
    "contact-key-is-email",
}

# What a replacement carries was read before, so the document leaves its parts as they come: the shape
# of these only the service knows.
AS_READ = ("fields", "lists", "tags")


def is_as_read(response):
    field = response.json()["errors"][0].get("field", "")
    return field.startswith(AS_READ)


@schemathesis.check
def valid_requests_are_refused_for_a_reason_beyond_the_document(ctx, response, case):
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code < 400:
        return
    rule = (response.headers.get("x-sandbox-rule") or ["(none)"])[0]
    if response.status_code == 400 and rule == "value-shape":
        assert case.operation.label == "PUT /api/contact/{contactId}" and is_as_read(response), (
            "a request that fits the document was refused by the rule value-shape"
        )
    elif response.status_code == 400:
        assert rule in BEYOND_THE_DOCUMENT, f"a request that fits the document was refused by the rule {rule}"
    else:
        assert response.status_code in (401, 403, 404), f"status {response.status_code}, rule {rule}"
