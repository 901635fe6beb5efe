//! One row of all that have one address.

use super::Row;

/// What becomes of rows of one address that contradict each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Duplicates {
    /// None of them is taken.
    #[default]
    Reject,
    /// The first says it.
    First,
    /// The last says it.
    Last,
}

/// What rows of one address say different things of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// A field, by its id.
    Field(benchmark_email::FieldId),
    /// Whether the contact is to be deleted.
    Deletion,
}

/// Merges rows of one address, in the order of their sources: what one leaves out another says, lists and tags come
/// together, and whoever has left in one of them has left.
///
/// # Errors
///
/// What they contradict each other on, where neither the first nor the last is to be believed.
pub(crate) fn merge(
    rows: impl IntoIterator<Item = Row>,
    duplicates: Duplicates,
) -> Result<Option<Row>, Contradiction> {
    let mut rows = rows.into_iter();
    let Some(mut merged) = rows.next() else {
        return Ok(None);
    };
    let mut contradiction = None;
    for row in rows {
        if merged.left.is_none() {
            merged.left = row.left;
        }
        // No order of the rows makes a deletion of what another row wants kept.
        if row.deletes != merged.deletes {
            contradiction = Some(Contradiction::Deletion);
        }
        for (field, change) in row.fields {
            match merged.fields.iter_mut().find(|(known, _)| *known == field) {
                None => merged.fields.push((field, change)),
                Some((_, known)) if *known == change => {}
                Some((_, known)) => match duplicates {
                    Duplicates::First => {}
                    Duplicates::Last => *known = change,
                    Duplicates::Reject => {
                        contradiction.get_or_insert(Contradiction::Field(field));
                    }
                },
            }
        }
        if duplicates == Duplicates::Last {
            merged.address = row.address;
        }
        merged.lists.extend(row.lists);
        merged.tags.extend(row.tags);
        merged.off_lists.extend(row.off_lists);
        merged.off_tags.extend(row.off_tags);
    }
    if merged.left.is_some() {
        merged.deletes = false;
        merged.fields.clear();
        merged.lists.clear();
        merged.tags.clear();
        merged.off_lists.clear();
        merged.off_tags.clear();
        return Ok(Some(merged));
    }
    // On a list in one row and off it in another: on it, as lists and tags come together.
    merged.off_lists.retain(|name| !merged.lists.contains(name));
    merged.off_tags.retain(|name| !merged.tags.contains(name));
    match contradiction {
        Some(contradiction) => Err(contradiction),
        None => Ok(Some(merged)),
    }
}
