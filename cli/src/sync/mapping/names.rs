//! The usual names of columns, and the words by which other programs say that somebody has left.

/// A name without case, spaces and what stands for them.
pub(crate) fn loose(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '-' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a loose name is one that columns of addresses usually have.
pub(super) fn is_address(loose: &str) -> bool {
    matches!(
        loose,
        "email"
            | "emailaddress"
            | "emailaddresses"
            | "emails"
            | "mail"
            | "email1value"
            | "emailid"
            | "subscriberemail"
            | "contactemail"
            | "correo"
            | "correoelectr\u{f3}nico"
            | "correoelectronico"
            | "adressemail"
            | "adresseemail"
            | "courriel"
            | "emailadresse"
            | "\u{30e1}\u{30fc}\u{30eb}"
            | "\u{30e1}\u{30fc}\u{30eb}\u{30a2}\u{30c9}\u{30ec}\u{30b9}"
            | "e\u{30e1}\u{30fc}\u{30eb}"
            | "\u{96fb}\u{5b50}\u{30e1}\u{30fc}\u{30eb}"
    )
}

pub(super) fn is_tags(loose: &str) -> bool {
    matches!(loose, "tags" | "tag" | "\u{30bf}\u{30b0}")
}

pub(super) fn is_lists(loose: &str) -> bool {
    matches!(loose, "lists" | "emaillists" | "\u{30ea}\u{30b9}\u{30c8}")
}

/// What `bme contacts list` writes for people to read and nobody can set.
const OWN_COLUMNS: [&str; 5] = ["id", "reason", "createdAt", "updatedAt", "version"];

/// Whether the columns are those of `bme contacts list -o csv`.
pub(super) fn is_own_export(columns: &[String]) -> bool {
    let has = |name: &str| columns.iter().any(|column| column == name);
    OWN_COLUMNS.iter().all(|column| has(column)) && has("email") && has("status")
}

/// Whether a column is one of those that `bme sync apply` puts behind a row that it gives back.
pub(super) fn is_note(column: &str) -> bool {
    column.starts_with("bme:")
}

pub(super) fn is_ignored_in_own_export(column: &str) -> bool {
    OWN_COLUMNS.contains(&column)
}

/// How a column says that somebody has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// By a word: `unsubscribed`, `bounced`, `cleaned`.
    Word,
    /// By yes or no.
    Flag,
    /// By being filled at all, as with a time of leaving.
    Filled,
}

/// What a column says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    Blank,
    /// Mail may be sent.
    Stays,
    /// No mail may be sent.
    Left,
    /// A word that isn't known.
    Unknown,
}

impl Left {
    /// How a column of this loose name says it; none where the name has nothing to do with leaving.
    pub(super) fn of(loose: &str) -> Option<Self> {
        match loose {
            "status"
            | "emailstatus"
            | "subscriptionstatus"
            | "emailmarketingconsent"
            | "subscriberstatus"
            | "contactstatus"
            | "emailsuppressions" => Some(Self::Word),
            "emailblacklisted"
            | "unsubscribed"
            | "optedout"
            | "optout"
            | "bounced"
            | "cleaned"
            | "complained"
            | "portalunsubscribe"
            | "portalbounce"
            | "portalspamreport"
            | "globalbounce"
            | "unsubscribedfromallemail"
            | "suppressed" => Some(Self::Flag),
            "unsubtime" | "unsubscribedat" | "unsubscribedate" | "cleantime" | "bouncedat"
            | "optedoutat" | "optoutdate" | "unsubscribedon" => Some(Self::Filled),
            _ => None,
        }
    }

    /// What a cell of such a column says.
    pub(crate) fn standing(self, cell: &str) -> Standing {
        let word = loose(cell);
        if word.is_empty() {
            return Standing::Blank;
        }
        match self {
            Self::Filled => Standing::Left,
            Self::Flag => match word.as_str() {
                "true" | "t" | "yes" | "y" | "1" | "x" | "on" => Standing::Left,
                "false" | "f" | "no" | "n" | "0" | "off" => Standing::Stays,
                _ => Standing::Unknown,
            },
            Self::Word => match word.as_str() {
                "unsubscribed" | "unsubscribe" | "inactive" | "cleaned" | "bounced" | "bounce"
                | "hardbounce" | "hardbounced" | "confirmedbounce" | "complained" | "complaint"
                | "complaintfbl" | "spam" | "spamreport" | "spamcomplaint" | "optedout"
                | "optout" | "cancelled" | "canceled" | "removed" | "suppressed"
                | "blacklisted" | "blocked" | "donotmail" | "donotcontact" | "invalidemail"
                | "manualsuppression" | "usersuppressed" | "userunsubscribe" => Standing::Left,
                "active"
                | "subscribed"
                | "confirmed"
                | "optedin"
                | "optin"
                | "unconfirmed"
                | "neversubscribed"
                | "cold"
                | "pending"
                | "implied"
                | "explicit"
                | "temporaryhold"
                | "noconsent"
                | "express"
                | "notset"
                | "awaitingconfirmation"
                | "pendingconfirmation"
                | "nonsubscriber"
                | "nonsubscribed" => Standing::Stays,
                _ => Standing::Unknown,
            },
        }
    }
}
