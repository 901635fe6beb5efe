//! Adding to the account what a type asks for and the structure lacks.

use schemars::JsonSchema;

use super::shape::Shape;
use crate::{
    Error, Structure,
    structures::{StructureReplacement, Structures},
};

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
    /// [`Mismatch`](crate::ErrorKind::Mismatch) when the type and the structure differ in what adding can't cure, naming
    /// all of it, before anything is sent; [`InvalidInput`](crate::ErrorKind::InvalidInput) when the service tells no version
    /// of the structure; [`Conflict`](crate::ErrorKind::Conflict) when somebody else was faster each time;
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) when an answer was lost and looking failed, or found nothing while
    /// the server may still be at it, as it is where no answer came; otherwise as any call.
    pub fn extend<T: JsonSchema>(
        &self,
        structure: &Structure,
    ) -> impl Future<Output = Result<Structure, Error>> + use<T> {
        let (structures, structure) = (self.clone(), structure.clone());
        let shape = Shape::of::<T>();
        let plan = move |current: &Structure| {
            let additions = shape.additions(current)?;
            if additions.is_empty() {
                return Ok(None);
            }
            let nothing_new = StructureReplacement::new(current)?;
            let replacement = additions.into_iter().fold(nothing_new, |body, new| {
                body.add(new.label, new.data_type, new.required)
            });
            Ok(Some(replacement))
        };
        async move { structures.begun().replace_until(structure, plan).await }
    }
}
