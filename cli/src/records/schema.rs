//! `docs/output.schema.json`, made from the types; `UPDATE_DOCS=1 cargo test -p benchmark-email-cli --lib schema` writes
//! it anew, for a person to read.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{env, fs, path::Path};

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    AppliedRecord, AppliedStepRecord, BackupRecord, CheckRecord, ContactRecord, DifferenceRecord,
    EventRecord, FindingRecord, ForgetRecord, ImportFileRecord, ListRecord, PlanRecord,
    ProfileRecord, RejectedRecord, StepRecord, StructureRecord, UndoneRecord, UnsentRecord,
    VerifiedRecord,
};
use crate::output::Report;

/// What each command prints with `-o json`; `-o jsonl` prints one a line, where a command prints several.
const COMMANDS: [(&str, &str); 45] = [
    ("backup", "Backup"),
    ("backup verify", "Backup"),
    ("check", "Check"),
    ("contacts create", "Contact"),
    ("contacts delete", "Contact[]"),
    ("contacts events", "Event[]"),
    ("contacts forget", "Forget"),
    ("contacts forget --list", "Forgotten[]"),
    ("contacts get", "Contact"),
    ("contacts list", "Contact[]"),
    ("contacts search", "Contact[]"),
    ("contacts set", "Contact"),
    ("contacts unsubscribe", "Contact[]"),
    ("events", "Event[]"),
    ("lists create", "List"),
    ("lists duplicate", "List"),
    ("lists list", "List[]"),
    ("lists merge", "List"),
    ("lists rename", "List"),
    ("migrate", "Plan"),
    ("probe", "Finding[]"),
    ("profile list", "Profile[]"),
    ("restore", "Plan"),
    ("structure add-field", "Structure"),
    ("structure add-tag", "Structure"),
    ("structure check", "Difference[]"),
    ("structure rename-field", "Structure"),
    ("structure rename-tag", "Structure"),
    ("structure show", "Structure"),
    ("sync apply", "Applied"),
    ("sync apply, a step with -o jsonl", "AppliedStep"),
    ("sync import-files", "ImportFile[]"),
    ("sync plan", "Plan"),
    ("sync show", "Plan"),
    ("sync show --only counts", "Counts"),
    ("sync show --only rejected", "RejectedRow[]"),
    ("sync show --only steps", "Step[]"),
    ("sync status", "Applied"),
    ("sync undo", "Undone"),
    ("sync verify", "Verified"),
    ("contacts delete --dry-run", "Unsent[]"),
    ("contacts forget --dry-run", "Unsent[]"),
    ("contacts unsubscribe --dry-run", "Unsent[]"),
    ("any other --dry-run", "Unsent"),
    ("any, on stderr, when it fails", "Failure"),
];

fn document() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12().for_serialize());
    let _: [Schema; 21] = [
        generator.subschema_for::<AppliedRecord>(),
        generator.subschema_for::<AppliedStepRecord>(),
        generator.subschema_for::<BackupRecord>(),
        generator.subschema_for::<CheckRecord>(),
        generator.subschema_for::<ContactRecord>(),
        generator.subschema_for::<DifferenceRecord>(),
        generator.subschema_for::<EventRecord>(),
        generator.subschema_for::<FindingRecord>(),
        generator.subschema_for::<ForgetRecord>(),
        generator.subschema_for::<crate::forgotten::Entry>(),
        generator.subschema_for::<ImportFileRecord>(),
        generator.subschema_for::<ListRecord>(),
        generator.subschema_for::<PlanRecord>(),
        generator.subschema_for::<RejectedRecord>(),
        generator.subschema_for::<StepRecord>(),
        generator.subschema_for::<ProfileRecord>(),
        generator.subschema_for::<StructureRecord>(),
        generator.subschema_for::<UndoneRecord>(),
        generator.subschema_for::<UnsentRecord>(),
        generator.subschema_for::<VerifiedRecord>(),
        generator.subschema_for::<Report>(),
    ];
    let definitions = generator.take_definitions(true);
    let printed = COMMANDS.map(|(command, what)| {
        let one = what.trim_end_matches("[]");
        assert!(definitions.contains_key(one), "{one}");
        let one = json!({ "$ref": format!("#/$defs/{one}") });
        let printed = if what.ends_with("[]") {
            json!({ "type": "array", "items": one })
        } else {
            one
        };
        (command.to_owned(), printed)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What bme prints with -o json",
        "description": "`properties` tells for each command what it prints; with -o jsonl the elements of an array come one a line. Names stay; more of them may come.",
        "properties": Map::from_iter(printed),
        "$defs": definitions,
    })
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/output.schema.json");
    let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        published, made,
        "run with UPDATE_DOCS=1, and read the difference"
    );
}
