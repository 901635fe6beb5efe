//! Reading the query string, with refusals that name the parameter.

use std::ops::RangeInclusive;

use crate::answer::Refusal;
use crate::rules::Rule;

/// What a 32-bit number holds, which is what clients count pages with.
const MOST: u64 = i32::MAX as u64;

/// A page of rows, as `page` and `size` ask for it.
pub(super) struct Paging {
    pub(super) page: u64,
    pub(super) size: u64,
}

/// The decoded value of a parameter; the last one, if it is repeated.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .filter(|(known, _)| known == name)
        .last()
        .map(|(_, value)| value.into_owned())
}

/// A list whose elements stand in one parameter, joined by commas.
///
/// Many generated clients write a list otherwise: the parameter repeated (`types=a&types=b`), in the ways of
/// PHP (`types[]=a`) or of a `deepObject` (`types[0]=a`), or as JSON. They are told so, since the service would
/// take one element for all, or none.
pub(super) fn list(query: &str, name: &str, rule: Rule) -> Result<Option<Vec<String>>, Refusal> {
    let mut lists = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| {
        known
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    });
    let Some((spelt, value)) = lists.next() else {
        return Ok(None);
    };
    if spelt != name || value.starts_with('[') || lists.next().is_some() {
        let message = format!("{name} must be one parameter, its values joined by commas");
        return Err(Refusal::validation(rule, message).at(name));
    }
    Ok(Some(value.split(',').map(str::to_owned).collect()))
}

/// A whole number within bounds.
pub(super) fn whole(
    query: &str,
    name: &str,
    bounds: RangeInclusive<u64>,
) -> Result<Option<u64>, Refusal> {
    let Some(text) = value(query, name) else {
        return Ok(None);
    };
    match text.parse::<u64>() {
        Ok(number) if bounds.contains(&number) => Ok(Some(number)),
        _ => {
            let message = match *bounds.end() {
                MOST => format!(
                    "{name} must be a whole number of at least {}",
                    bounds.start()
                ),
                end => format!(
                    "{name} must be a whole number from {} to {end}",
                    bounds.start()
                ),
            };
            Err(Refusal::validation(Rule::Query, message).at(name))
        }
    }
}

impl Paging {
    /// Page 1 with 25 rows, unless the query says otherwise.
    pub(super) fn read(query: &str) -> Result<Self, Refusal> {
        let page = whole(query, "page", 1..=MOST)?.unwrap_or(1);
        let size = whole(query, "size", 1..=MOST)?.unwrap_or(25);
        Ok(Self { page, size })
    }

    pub(super) fn cut<T>(&self, rows: impl Iterator<Item = T>) -> Vec<T> {
        let skip = (self.page - 1).saturating_mul(self.size);
        let bounded = |number| usize::try_from(number).unwrap_or(usize::MAX);
        rows.skip(bounded(skip)).take(bounded(self.size)).collect()
    }
}
