//! Changing a structure: read, change, replace, and look where somebody else was faster or the answer was
//! lost.

use std::sync::Arc;

use super::{Structure, StructureReplacement, Structures};
use crate::{Error, ErrorKind, StructureId, settle};

/// How often a change by somebody else is met by reading anew.
const ROUNDS: u32 = 5;

impl Structures {
    /// Changes a structure and loses nothing: reads it, lets the closure change it, and sends all of it
    /// back, properties that this version doesn't know included. Where nothing changed, nothing is sent.
    /// Fields and tags can be added and renamed, and not removed: the service would remove their values
    /// from all contacts.
    ///
    /// When somebody else changed it meanwhile, it is read again and the closure applied to that, five
    /// times at most. When an answer is lost, a look at the structure tells what became of it.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// use benchmark_email::structures::DataType;
    ///
    /// let structure = client.structures().primary().await?;
    /// let structure = client
    ///     .structures()
    ///     .update(structure.id(), |s| {
    ///         s.add_field("Seats", DataType::Number, false)?
    ///             .rename_field("Company", "Employer")?
    ///             .add_tag("VIP")
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Documented: guide Manage Custom Fields. Assumed: tags follow the same rule as fields.
    ///
    /// # Errors
    ///
    /// What the closure returns; [`ErrorKind::InvalidInput`] when the service tells no version of the
    /// structure; [`ErrorKind::Conflict`] when somebody else was faster each time;
    /// [`ErrorKind::OutcomeUnknown`] when an answer was lost and looking failed, found labels that may be
    /// ours as the service keeps them, or found nothing while the server may still be at it, as it is where
    /// no answer came; otherwise as any call.
    pub fn update<F>(
        &self,
        id: &StructureId,
        mut change: F,
    ) -> impl Future<Output = Result<Structure, Error>> + use<F>
    where
        F: FnMut(&mut StructureReplacement) -> Result<&mut StructureReplacement, Error>,
    {
        let (structures, id) = (self.clone(), id.clone());
        async move {
            let structures = structures.begun();
            let current = structures.get(&id).await?;
            let plan = |current: &Structure| {
                let mut changed = StructureReplacement::new(current)?;
                change(&mut changed)?;
                Ok((!changed.is_held_by(current)).then_some(changed))
            };
            structures.replace_until(current, plan).await
        }
    }

    /// Replaces a structure by what is planned for it as it is, until nothing is left to do; as a part of a
    /// call that has begun.
    pub(crate) async fn replace_until(
        &self,
        mut current: Structure,
        mut plan: impl FnMut(&Structure) -> Result<Option<StructureReplacement>, Error>,
    ) -> Result<Structure, Error> {
        let mut rounds = 0;
        let mut refused = None;
        while let Some(sent) = plan(&current)? {
            if let Some(failure) = refused.take_if(|_| rounds == ROUNDS) {
                return Err(failure);
            }
            rounds += 1;
            let failure = match self.replace(current.id(), &sent).await {
                Ok(answer) if sent.is_held_by(&answer) => {
                    current = answer;
                    break;
                }
                Ok(_) => {
                    let why = "the service took the change and answered a structure without it";
                    return Err(Error::new(ErrorKind::Unreadable, why).on("replaceStructure"));
                }
                Err(failure) if failure.is_conflict() || settle::is_open(&failure) => failure,
                Err(failure) => return Err(failure),
            };
            let now = match self.get(current.id()).await {
                Ok(now) => now,
                Err(why) if settle::is_open(&failure) => {
                    return Err(failure.outcome_unknown().with_source(why));
                }
                Err(why) => return Err(why),
            };
            if settle::is_open(&failure) {
                if sent.is_held_by(&now) {
                    current = now;
                    break;
                }
                if sent.may_have_made(&now, &current) {
                    return Err(failure.outcome_unknown());
                }
            }
            current = now;
            if current.version() == Some(sent.version()) && !failure.is_conflict() {
                return Err(failure.not_carried_out());
            }
            refused = Some(failure);
        }
        // Where nothing was sent, what is remembered may be younger.
        if rounds > 0 {
            self.remember(&current);
        }
        Ok(current)
    }

    async fn replace(
        &self,
        id: &StructureId,
        body: &StructureReplacement,
    ) -> Result<Structure, Error> {
        let caller = &self.caller;
        let replaced = caller.ask(async |raw| raw.replace_structure(id, body).await);
        replaced.await
    }

    /// The same for the requests of one call that begins now.
    pub(crate) fn begun(&self) -> Self {
        Self::new(self.caller.begun(), Arc::clone(&self.cache))
    }
}
