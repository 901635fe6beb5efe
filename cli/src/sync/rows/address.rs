//! Addresses as sources write them, and when two of them are one.

use std::{borrow::Cow, collections::HashSet, fmt, sync::Arc};

use benchmark_email::EmailAddress;

use crate::forgotten::Forgotten;

/// An address, cleaned of what can't be seen, its domain in lower case. `Debug` doesn't show it in full.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address(EmailAddress);

impl Address {
    /// As it is written when a contact is created.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What is the same for all addresses that are one: without ASCII case.
    pub(crate) fn folded(&self) -> String {
        self.as_str().to_ascii_lowercase()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = self.as_str().rsplit('@').next().unwrap_or_default();
        write!(f, "***@{domain}")
    }
}

/// Which addresses are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressRules {
    /// Addresses with letters of several scripts that are meant so, without case.
    pub(crate) allowed: HashSet<String>,
    /// Whether all addresses with letters of several scripts are meant so.
    pub(crate) all_scripts: bool,
    /// Those who asked to be forgotten.
    pub(crate) forgotten: Arc<Forgotten>,
}

impl AddressRules {
    /// Why a row of this address is not taken, if its person asked to be forgotten.
    pub(crate) fn forgotten(&self, address: &Address) -> Option<String> {
        let day = self.forgotten.day(address.as_str())?;
        Some(format!("asked to be forgotten on {day}"))
    }

    /// Cleans and checks an address.
    ///
    /// # Errors
    ///
    /// What is wrong with it; never the address.
    pub(crate) fn read(&self, cell: &str) -> Result<Address, String> {
        // Most addresses have nothing that can't be seen or that looks like something else.
        let plain = cell.is_ascii();
        let text = if plain {
            Cow::Borrowed(cell)
        } else {
            let seen = cell.chars().filter(|letter| !is_invisible(*letter));
            Cow::Owned(seen.collect::<String>())
        };
        let text = text.trim();
        if text.is_empty() {
            return Err("there is no address".to_owned());
        }
        let (local, domain) = text
            .rsplit_once('@')
            .ok_or_else(|| "it is no e-mail address".to_owned())?;
        let mut address = String::with_capacity(text.len());
        address.push_str(local);
        address.push('@');
        if plain {
            address.push_str(domain);
            address
                .get_mut(local.len()..)
                .map(str::make_ascii_lowercase);
        } else {
            address.push_str(&domain.to_lowercase());
        }
        let address = EmailAddress::new(address)
            .map(Address)
            .map_err(|_| "it is no e-mail address, or more than one".to_owned())?;
        let mixed =
            !plain && !self.all_scripts && (is_mixed(local) || domain.split('.').any(is_mixed));
        if mixed && !self.allowed.contains(&address.folded()) {
            return Err(
                "it mixes letters of several scripts, as look-alikes do; --allow-address takes it as it is"
                    .to_owned(),
            );
        }
        Ok(address)
    }
}

/// Characters that nobody sees and that copying from pages and spreadsheets leaves behind.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{a0}' | '\u{202a}'..='\u{202e}'
    )
}

/// The scripts that are told apart, as their letters look alike.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Other,
}

fn is_mixed(label: &str) -> bool {
    let mut scripts = label
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .map(|letter| match letter {
            '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff5a}' => Script::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
            '\u{400}'..='\u{52f}' => Script::Cyrillic,
            _ => Script::Other,
        });
    let Some(first) = scripts.next() else {
        return false;
    };
    let alike = |script: Script| matches!(script, Script::Greek | Script::Cyrillic);
    // Latin letters in a name of Japanese are common; those of Greek or Cyrillic beside others are not.
    scripts.any(|script| script != first && (alike(script) || alike(first)))
}
