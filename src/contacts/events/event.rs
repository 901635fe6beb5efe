//! One thing that happened to a contact.

use crate::{
    ContactId, EmailAddress, Timestamp,
    contacts::{ActorKind, EventType},
    wire::wire_object,
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
        optional pub source: String = "source",
        /// Who caused it; on creations and changes, where somebody was recorded.
        optional pub triggered_by: Actor = "triggeredBy",
        /// The address that a message was sent to.
        optional pub email_to: EmailAddress = "emailTo",
        /// The address that a message was sent from.
        optional pub email_sender: EmailAddress = "emailSender",
        /// The name that a message was sent from.
        optional pub email_sender_name: String = "emailSenderName",
        /// The subject of a message.
        optional pub email_subject: String = "emailSubject",
        /// The campaign's id.
        optional pub email_campaign_id: String = "emailCampaignId",
        /// The campaign's name.
        optional pub email_campaign_name: String = "emailCampaignName",
        /// The kind of a bounce.
        optional pub email_bounce_type: String = "emailBounceType",
        /// The finer kind of a bounce.
        optional pub email_bounce_sub_type: String = "emailBounceSubType",
        /// The receiving server's diagnosis of a bounce.
        optional pub email_bounce_diagnosis: String = "emailBounceDiagCode",
        /// The kind of a complaint.
        optional pub email_complaint_feedback_type: String = "emailComplaintFeedbackType",
        /// The kind of a delay.
        optional pub email_delay_type: String = "emailDelayType",
        /// Why a message was rejected.
        optional pub email_reject_reason: String = "emailRejectReason",
        /// What the receiving server answered.
        optional pub email_smtp_response: String = "emailSmtpResponse",
        /// The id of the link that was clicked.
        optional pub email_link_id: String = "emailLinkId",
        /// Where the clicked link leads.
        optional pub email_target_url: String = "emailTargetUrl",
        /// The import's id.
        optional pub import_id: String = "importId",
        /// The name of the imported file.
        optional pub import_file_name: String = "importOriginalFileName",
    }
}

wire_object! {
    /// Who caused a change. Documented: the provider's OpenAPI document.
    pub struct Actor {
        /// What kind of actor.
        optional pub kind: ActorKind = "type",
        /// The actor's id.
        optional pub user_id: String = "userId",
    }
}
