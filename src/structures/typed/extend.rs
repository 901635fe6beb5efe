//! Adding to the account what a type asks for and the structure lacks: read, add, replace, and look
//! where the answer was lost.

use schemars::JsonSchema;
use tokio::time::Instant;

use super::{check::Addition, shape::Shape};
use crate::{
    Error, ErrorKind, Structure,
    contacts::settle,
    structures::{StructureReplacement, Structures},
};

/// How often a change by somebody else is met by reading anew.
const ROUNDS: u32 = 5;

impl Structures {
    /// Adds the fields that a type asks for and the structure lacks, and returns the structure as it is
    /// then. Everything else stays: fields, tags and properties that this version doesn't know go back
    /// as they were read. Where nothing is missing, nothing is sent. With the feature `schemars`.
    ///
    /// A new field is `required` where the type can't do without; a field that exists is never changed,
    /// so what [`check`](Structure::check) calls [`Optional`](super::DifferenceKind::Optional) stays.
    ///
    /// The service replaces structures as a whole. When somebody else changed it meanwhile, it is read
    /// again and what is still missing is added to that, five times at most. When an answer is lost, a
    /// look at the structure tells whether the fields are there.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// use schemars::JsonSchema;
    ///
    /// #[derive(JsonSchema)]
    /// struct Customer {
    ///     #[serde(rename = "Seats")]
    ///     seats: Option<u32>,
    /// }
    ///
    /// let structure = client.structures().primary().await?;
    /// let structure = client.structures().extend::<Customer>(&structure).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Documented: guide Manage Custom Fields.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the type and the structure differ in what adding can't cure, naming
    /// all of it, before anything is sent; [`ErrorKind::InvalidInput`] when the service tells no version
    /// of the structure; [`ErrorKind::Conflict`] when somebody else was faster each time;
    /// [`ErrorKind::OutcomeUnknown`] when an answer was lost and looking failed, or found nothing while
    /// the server may still be at it, behind a time-out or a gateway's refusal; otherwise as any call.
    pub async fn extend<T: JsonSchema>(&self, structure: &Structure) -> Result<Structure, Error> {
        let shape = Shape::of::<T>();
        let started = Instant::now();
        let mut current = structure.clone();
        let mut additions = shape.additions(&current)?;
        if additions.is_empty() {
            return Ok(current);
        }
        let mut rounds = ROUNDS;
        loop {
            rounds = rounds.saturating_sub(1);
            let sent = replacement(&current, additions)?;
            let structures = self.in_the_time_left(started);
            let failure = match structures.replace(&current, &sent).await {
                Ok(answer) => {
                    shape.is_served_by(&answer)?;
                    current = answer;
                    break;
                }
                Err(failure) if failure.is_conflict() || settle::is_open(&failure) => failure,
                Err(failure) => return Err(failure),
            };
            current = match self.in_the_time_left(started).get(current.id()).await {
                Ok(now) => now,
                Err(why) if settle::is_open(&failure) => {
                    return Err(failure.outcome_unknown().with_source(why));
                }
                Err(why) => return Err(why),
            };
            additions = shape.additions(&current)?;
            if additions.is_empty() {
                break;
            }
            if current.version() == Some(sent.version()) && !failure.is_conflict() {
                return Err(failure.not_carried_out());
            }
            if rounds == 0 {
                return Err(failure);
            }
        }
        self.remember(&current).await;
        Ok(current)
    }

    async fn replace(
        &self,
        structure: &Structure,
        body: &StructureReplacement,
    ) -> Result<Structure, Error> {
        let call = self.client.call();
        let result = call.raw.replace_structure(structure.id(), body).await;
        call.finish("replaceStructure", result)
    }

    fn in_the_time_left(&self, started: Instant) -> Self {
        Self::new(self.client.in_the_time_left(started))
    }
}

fn replacement(
    structure: &Structure,
    additions: Vec<Addition>,
) -> Result<StructureReplacement, Error> {
    let nothing_new = StructureReplacement::new(structure)?;
    Ok(additions.into_iter().fold(nothing_new, |body, new| {
        body.add(new.label, new.data_type, new.required)
    }))
}

impl Shape {
    /// Whether an answer has what was added.
    fn is_served_by(&self, answer: &Structure) -> Result<(), Error> {
        if self.additions(answer)?.is_empty() {
            return Ok(());
        }
        let why = "the service took the new fields and answered a structure without them";
        Err(Error::new(ErrorKind::Unreadable, why).on("replaceStructure"))
    }
}
