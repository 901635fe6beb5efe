//! What an `x-fact` rests on. It is prose for people; only enough of it is read here to tell whether it
//! can stand where the provider's document is silent.

/// How `openapi.yaml` names the sources other than the provider's OpenAPI document.
const OTHERS: [&str; 4] = ["guide", "page ", "pages ", "provider's summary for agents"];

/// Whether the claim still stands when the provider's document doesn't bear it out: some part of it is
/// observed, assumed, or documented by another text.
pub(super) fn stands_alone(claim: &str) -> bool {
    claim.split(';').map(str::trim).any(|part| {
        part.starts_with("observed:")
            || part.starts_with("assumed:")
            || (part.starts_with("documented:") && OTHERS.iter().any(|other| part.contains(other)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_on_the_provider_s_document_alone_needs_that_document() {
        let cases = [
            (
                "documented: guide Manage Lists, provider's OpenAPI document",
                true,
            ),
            (
                "documented: page Rate Limits (on successful requests)",
                true,
            ),
            (
                "documented: provider's OpenAPI document; assumed: the body",
                true,
            ),
            ("observed: 2026-11-02", true),
            ("documented: provider's OpenAPI document", false),
            (
                "documented: provider's OpenAPI document; the page size is not stated",
                false,
            ),
            ("public code does so", false),
            ("", false),
        ];
        for (claim, expected) in cases {
            assert_eq!(stands_alone(claim), expected, "{claim}");
        }
    }
}
