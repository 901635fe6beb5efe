//! Whatever a struct holds comes back: by way of the request's JSON, and for numbers and booleans also
//! as the text that the provider's document says they are.

use proptest::{option, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{created, structure};
use crate::{Contact, NewContact, structures::DataType, value::RecurrentDate};

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
enum Plan {
    Free,
    #[serde(rename = "paid, yearly")]
    Paid,
}

macro_rules! customers {
    ($($name:ident($number:ty),)*) => { $(
        #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
        struct $name {
            #[serde(rename = "Email")]
            email: String,
            #[serde(rename = "firstName")]
            first: String,
            #[serde(rename = "Seats")]
            seats: Option<$number>,
            #[serde(rename = "Customer Since")]
            since: Option<chrono::NaiveDate>,
            #[serde(rename = "Newsletter OK")]
            ok: Option<bool>,
            #[serde(rename = "Birthday")]
            birthday: Option<RecurrentDate>,
            #[serde(rename = "Plan")]
            plan: Option<Plan>,
        }
    )* };
}

customers! { Whole(u64), Signed(i64), Broken(f64), InlineText(f32), }

fn date() -> impl Strategy<Value = chrono::NaiveDate> {
    let days = 0..3_652_059; // 0001-01-01 to 9999-12-31
    days.prop_map(|days| chrono::NaiveDate::from_num_days_from_ce_opt(days + 1).unwrap())
}

fn recurrent_date() -> impl Strategy<Value = RecurrentDate> {
    (1_u8..=12, 1_u8..=31).prop_filter_map("no such day", |(month, day)| {
        RecurrentDate::new(month, day).ok()
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    prop_oneof![Just(Plan::Free), Just(Plan::Paid)]
}

/// Numbers and booleans as text.
fn spelled(contact: &Contact) -> Contact {
    let mut json = serde_json::to_value(contact).unwrap();
    for field in json["fields"].as_array_mut().unwrap() {
        let id = crate::FieldId::new(field["_id"].as_str().unwrap()).unwrap();
        let structure = structure();
        let known = structure.field_by_id(&id).unwrap();
        if matches!(known.data_type, DataType::Number | DataType::Boolean) {
            field["value"] = Json::String(field["value"].to_string());
        }
    }
    serde_json::from_value(json).unwrap()
}

macro_rules! round_trips {
    ($($test:ident: $name:ident of $number:expr;)*) => { proptest! { $(
        #[test]
        fn $test(
            email in "[a-z]{1,8}@[a-z]{1,8}\\.example",
            first in ".*",
            seats in option::of($number),
            since in option::of(date()),
            ok in option::of(any::<bool>()),
            birthday in option::of(recurrent_date()),
            plan in option::of(plan()),
        ) {
            let customer = $name { email, first, seats, since, ok, birthday, plan };
            let new = NewContact::new(&structure(), &customer.email).fields(&customer).unwrap();
            let created = created(&new);
            prop_assert_eq!(structure().decode::<$name>(&created).unwrap(), customer.clone());
            prop_assert_eq!(structure().decode::<$name>(&spelled(&created)).unwrap(), customer);
        }
    )* } };
}

round_trips! {
    what_a_struct_with_a_whole_number_holds_comes_back: Whole of any::<u64>();
    what_a_struct_with_a_signed_number_holds_comes_back: Signed of any::<i64>();
    what_a_struct_with_a_fraction_holds_comes_back: Broken of proptest::num::f64::NORMAL;
    what_a_struct_with_a_short_fraction_holds_comes_back: InlineText of proptest::num::f32::NORMAL;
}
