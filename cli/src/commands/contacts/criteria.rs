//! What `search` and `export` look for.

use benchmark_email::{
    Value,
    contacts::{Group, PrimaryStatus, Search},
};

use super::changes::Assignment;
use crate::{
    account::{Account, Names},
    output::Failure,
};

/// By which criteria.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Criteria")]
pub(super) struct Criteria {
    /// Whose address is this one.
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Whose field has this value; again for another field.
    #[arg(long, value_name = "FIELD=VALUE")]
    field: Vec<Assignment>,
    /// Who is on this list; again for another.
    #[arg(long, value_name = "LIST")]
    list: Vec<String>,
    /// Who has this tag; again for another.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Who has this status.
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// Who meets any of the criteria, instead of all of them.
    #[arg(long)]
    any: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Status {
    /// Mail may be sent.
    Active,
    /// No mail is sent.
    Inactive,
}

/// Adds one criterion to a group.
type Adding = Box<dyn Fn(Group) -> Group>;

impl Criteria {
    pub(super) fn is_empty(&self) -> bool {
        self.address.is_none()
            && self.field.is_empty()
            && self.list.is_empty()
            && self.tag.is_empty()
            && self.status.is_none()
    }

    /// The search; of everybody where nothing was said.
    pub(super) fn search(&self, account: &Account, names: &Names) -> Result<Search, Failure> {
        let search = account.client.contacts().search(names.structure());
        let criteria = self.resolve(names)?;
        if criteria.is_empty() {
            return Ok(search.everybody());
        }
        if self.any {
            return Ok(criteria.iter().fold(search, Search::or));
        }
        Ok(search.or(|group| criteria.iter().fold(group, |group, add| add(group))))
    }

    fn resolve(&self, names: &Names) -> Result<Vec<Adding>, Failure> {
        let mut criteria: Vec<Adding> = Vec::new();
        if let Some(address) = self.address.clone() {
            criteria.push(Box::new(move |group| group.key(&address)));
        }
        for assignment in &self.field {
            let field = super::field(names, assignment.field())?;
            let value = Value::parse(assignment.value(), &field.data_type).map_err(|why| {
                Failure::command_line(format!(
                    "{:?} takes {}; got {}",
                    field.label,
                    why.takes(),
                    why.got()
                ))
            })?;
            let id = field.id.clone();
            criteria.push(Box::new(move |group| group.field(&id, value.clone())));
        }
        for list in &self.list {
            let id = names.find_list(list)?.id.clone();
            criteria.push(Box::new(move |group| group.list(&id)));
        }
        for tag in &self.tag {
            let id = names.structure().tag(tag)?.id.clone();
            criteria.push(Box::new(move |group| group.tag(&id)));
        }
        if let Some(status) = self.status {
            let status = match status {
                Status::Active => PrimaryStatus::Active,
                Status::Inactive => PrimaryStatus::Inactive,
            };
            criteria.push(Box::new(move |group| group.status(status.clone())));
        }
        Ok(criteria)
    }
}
