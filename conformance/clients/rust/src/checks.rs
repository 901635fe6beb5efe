//! What runs the steps, and what they check with.

use std::{error::Error, fmt::Debug};

use contacts::{apis, models::ErrorEnvelope};
use serde::Serialize;

/// A step passes unless it gives an error, which says what was expected and what came.
pub type Outcome = Result<(), Box<dyn Error>>;

/// Prints TAP. A step that failed doesn't stop those that need nothing of it.
pub struct Tap {
    steps: usize,
    failed: usize,
}

impl Tap {
    pub fn plan(steps: usize) -> Self {
        println!("1..{steps}");
        Self { steps: 0, failed: 0 }
    }

    /// Does the next step.
    pub async fn step(&mut self, name: &str, action: impl Future<Output = Outcome>) {
        self.steps += 1;
        let number = self.steps;
        match action.await {
            Ok(()) => println!("ok {number} - {name}"),
            Err(complaint) => {
                self.failed += 1;
                let complaint = complaint.to_string().replace('\n', "\n# ");
                println!("not ok {number} - {name}\n# {complaint}");
            }
        }
    }

    pub fn all_passed(&self) -> bool {
        self.failed == 0
    }
}

#[expect(clippy::needless_pass_by_value, reason = "borrowing would clutter every check")]
pub fn equal<T: Debug + PartialEq<U>, U: Debug>(what: &str, got: T, wanted: U) -> Outcome {
    if got == wanted { Ok(()) } else { Err(format!("{what}: expected {wanted:?}, got {got:?}").into()) }
}

/// Why the service says no: status, `errorType`, message and `field`.
pub type Refusal<'a> = (u16, &'a str, &'a str, Option<&'a str>);

/// Checks that the service said no, and that the client read why.
pub fn refused<T: Debug, E: Debug + Serialize>(answer: Result<T, apis::Error<E>>, wanted: Refusal) -> Outcome {
    let content = match answer {
        Err(apis::Error::ResponseError(content)) => content,
        other => return Err(format!("expected status {}, got {other:?}", wanted.0).into()),
    };
    let Some(typed) = content.entity else {
        return Err(format!("an untyped error: {}", content.content).into());
    };
    // Each operation has an enum of its own. Its variants are named by status, but the first one
    // takes every envelope; so the status says what happened, and what the variant holds says why.
    let envelope: ErrorEnvelope = serde_json::from_value(serde_json::to_value(typed)?)?;
    let [reason] = envelope.errors.as_slice() else {
        return equal("errors", envelope.errors.len(), 1);
    };
    let status = content.status.as_u16();
    equal("refusal", (status, &*reason.error_type, &*reason.message, reason.field.as_deref()), wanted)
}
