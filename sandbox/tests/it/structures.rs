use serde_json::json;

use super::account::{Account, id, path, refusal};

#[tokio::test]
async fn the_default_structure_has_its_fields_and_tags() {
    let account = Account::new().await;
    let (status, all) = account.get("/api/contact-structure").await;
    assert_eq!(status, 200);
    let structure = &all[0];
    assert_eq!(
        (&structure["keyName"], &structure["keyType"]),
        (&json!("Email"), &json!("email"))
    );
    let fields = structure["fields"].as_array().unwrap();
    let types: Vec<_> = fields
        .iter()
        .map(|f| {
            (
                f["label"].as_str().unwrap(),
                f["dataType"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        types,
        [
            ("First Name", "text"),
            ("Last Name", "text"),
            ("Company", "text"),
            ("Seats", "number"),
            ("Birthday", "recurrent_date"),
            ("Customer Since", "date"),
            ("Newsletter OK", "boolean"),
        ]
    );
    assert_eq!(fields[0]["predefinedField"], "firstName");
    assert_eq!(fields[2].get("predefinedField"), None);
    assert_eq!(structure["__v"], 0);
    let path = format!("/api/contact-structure/{}", id(structure));
    assert_eq!(account.get(&path).await, (200, structure.clone()));
}

#[tokio::test]
async fn an_unknown_structure_is_not_found() {
    let account = Account::new().await;
    let answer = account
        .get("/api/contact-structure/64a1b2c3d4e5f6a7b8c9ffff")
        .await;
    assert_eq!(refusal(&answer), (404, "RecordNotFound", ""));
}

#[tokio::test]
async fn a_structure_can_not_be_created_with_an_api_key() {
    let account = Account::new().await;
    let answer = account
        .post("/api/contact-structure", json!({ "label": "Mine" }))
        .await;
    assert_eq!(refusal(&answer), (403, "ForbiddenError", ""));
    assert_eq!(
        answer.1["errors"][0]["message"],
        "This endpoint is not accessible via API key"
    );
}

#[tokio::test]
async fn an_omitted_field_goes_with_its_values_and_a_new_one_gets_an_id() {
    let account = Account::new().await;
    let (first, company) = (
        account.field("First Name").await,
        account.field("Company").await,
    );
    let mut structure = account.structure().await;
    let at = format!("/api/contact-structure/{}", id(&structure));
    let contact = json!({
        "key": "jane@example.com", "contactStructureId": structure["_id"],
        "fields": [{ "_id": first, "value": "Jane" }, { "_id": company, "value": "Acme" }],
    });
    let jane = account.post("/api/contact", contact).await.1;

    structure["fields"]
        .as_array_mut()
        .unwrap()
        .retain(|field| field["label"] != "Company");
    structure["fields"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "label": "Role", "dataType": "text" }));
    let (status, after) = account.put(&at, structure.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(after["__v"], 1);
    let fields = after["fields"].as_array().unwrap();
    assert_eq!(fields.len(), 7);
    assert_eq!(fields[6]["label"], "Role");
    assert_eq!(id(&fields[6]).len(), 24);
    assert_eq!(id(&fields[0]), first);
    let kept = account.get(&path(&jane)).await.1;
    assert_eq!(kept["fields"], json!([{ "_id": first, "value": "Jane" }]));

    let answer = account.put(&at, structure).await;
    assert_eq!(refusal(&answer), (400, "ConcurrencyError", ""));
}

#[tokio::test]
async fn a_structure_is_checked_before_it_is_replaced() {
    let account = Account::new().await;
    let structure = account.structure().await;
    let at = format!("/api/contact-structure/{}", id(&structure));
    let twin = json!({ "label": "First Name", "dataType": "text" });
    for (field, error_type) in [
        (
            json!({ "label": "X", "dataType": "colour" }),
            "ValidationError",
        ),
        (json!({ "dataType": "text" }), "ValidationError"),
        (json!({ "label": "X" }), "ValidationError"),
        (
            json!({ "_id": "64a1b2c3d4e5f6a7b8c9ffff", "label": "X", "dataType": "text" }),
            "ValidationError",
        ),
        (twin, "DuplicateFieldError"),
    ] {
        let mut wrong = structure.clone();
        wrong["fields"].as_array_mut().unwrap().push(field);
        let answer = account.put(&at, wrong).await;
        assert_eq!(
            (refusal(&answer).0, refusal(&answer).1),
            (400, error_type),
            "{answer:?}"
        );
    }
    assert_eq!(account.structure().await, structure);
}

#[tokio::test]
async fn a_field_that_a_published_form_uses_stays() {
    let account = Account::new().await;
    let company = account.field("Company").await;
    let form = account
        .sandbox
        .publish_form("Sign up", &[&company])
        .unwrap();
    assert_eq!(account.sandbox.publish_form("Wrong", &["nonsense"]), None);
    let mut structure = account.structure().await;
    let at = format!("/api/contact-structure/{}", id(&structure));
    structure["fields"]
        .as_array_mut()
        .unwrap()
        .retain(|field| field["label"] != "Company");
    let answer = account.put(&at, structure).await;
    assert_eq!(refusal(&answer).1, "ContactFieldInUseError");
    assert_eq!(answer.1["errors"][0]["fieldId"], company);
    assert_eq!(
        answer.1["errors"][0]["debug"],
        json!({ "affectedForms": [{ "_id": form, "name": "Sign up" }] })
    );
    assert_eq!(account.field("Company").await, company);
}

#[tokio::test]
async fn an_omitted_tag_goes_from_contacts_and_tags_left_out_stay() {
    let account = Account::new().await;
    let tags = [account.tag("VIP").await, account.tag("Lead").await];
    let contact = json!({
        "key": "jane@example.com", "contactStructureId": account.structure_id().await, "tags": tags,
    });
    let jane = account.post("/api/contact", contact).await.1;
    let mut structure = account.structure().await;
    let at = format!("/api/contact-structure/{}", id(&structure));
    let without_tags = {
        let mut body = structure.clone();
        body.as_object_mut().unwrap().remove("tags");
        body
    };
    let (_, after) = account.put(&at, without_tags).await;
    assert_eq!(after["tags"].as_array().unwrap().len(), 3);
    structure["__v"] = after["__v"].clone();
    structure["tags"].as_array_mut().unwrap().remove(0);
    assert_eq!(account.put(&at, structure).await.0, 200);
    assert_eq!(
        account.get(&path(&jane)).await.1["tags"],
        json!([{ "_id": tags[1] }])
    );
}
