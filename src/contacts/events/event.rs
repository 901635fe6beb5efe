//! One thing that happened to a contact.

use crate::{
    ActorKind, ContactId, EmailAddress, EventType, Timestamp, redact::Words, wire::wire_object,
};

wire_object! {
    /// Something that happened to a contact. Which properties are there depends on the type.
    /// Documented: the provider's OpenAPI document, in which all are optional.
    ///
    /// `Debug` shows no address in full, wherever one may stand.
    pub struct Event {
        /// The contact it happened to.
        optional pub contact_id: ContactId = "contactId",
        /// What happened.
        optional pub kind: EventType = "type",
        /// When.
        optional pub timestamp: Timestamp = "timestamp",
        /// Where the event comes from.
        optional pub source: Words = "source",
        /// Who caused it; on creations and changes, where somebody was recorded.
        optional pub triggered_by: Actor = "triggeredBy",
        /// The address that a message was sent to.
        optional pub email_to: EmailAddress = "emailTo",
        /// The address that a message was sent from.
        optional pub email_sender: EmailAddress = "emailSender",
        /// The name that a message was sent from.
        optional pub email_sender_name: Words = "emailSenderName",
        /// The subject of a message.
        optional pub email_subject: Words = "emailSubject",
        /// The campaign's id.
        optional pub email_campaign_id: Words = "emailCampaignId",
        /// The campaign's name.
        optional pub email_campaign_name: Words = "emailCampaignName",
        /// The kind of a bounce.
        optional pub email_bounce_type: Words = "emailBounceType",
        /// The finer kind of a bounce.
        optional pub email_bounce_sub_type: Words = "emailBounceSubType",
        /// The receiving server's diagnosis of a bounce.
        optional pub email_bounce_diagnosis: Words = "emailBounceDiagCode",
        /// The kind of a complaint.
        optional pub email_complaint_feedback_type: Words = "emailComplaintFeedbackType",
        /// The kind of a delay.
        optional pub email_delay_type: Words = "emailDelayType",
        /// Why a message was rejected.
        optional pub email_reject_reason: Words = "emailRejectReason",
        /// What the receiving server answered.
        optional pub email_smtp_response: Words = "emailSmtpResponse",
        /// The id of the link that was clicked.
        optional pub email_link_id: Words = "emailLinkId",
        /// Where the clicked link leads.
        optional pub email_target_url: Words = "emailTargetUrl",
        /// The import's id.
        optional pub import_id: Words = "importId",
        /// The name of the imported file.
        optional pub import_file_name: Words = "importOriginalFileName",
    }
}

wire_object! {
    /// Who caused a change. Documented: the provider's OpenAPI document.
    pub struct Actor {
        /// What kind of actor.
        optional pub kind: ActorKind = "type",
        /// The actor's id.
        optional pub user_id: Words = "userId",
    }
}
