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

/// A field on which rows of one address say different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction {
    /// The field, by its id.
    pub(crate) field: benchmark_email::FieldId,
}

/// Merges rows of one address, in the order of their sources: what one leaves out another says, lists and tags come
/// together, and whoever has left in one of them has left.
///
/// # Errors
///
/// The field on which they contradict each other, where neither the first nor the last is to be believed.
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
        for (field, change) in row.fields {
            match merged.fields.iter_mut().find(|(known, _)| *known == field) {
                None => merged.fields.push((field, change)),
                Some((_, known)) if *known == change => {}
                Some((_, known)) => match duplicates {
                    Duplicates::First => {}
                    Duplicates::Last => *known = change,
                    Duplicates::Reject => {
                        contradiction.get_or_insert(Contradiction { field });
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
