//! Groups, as the users of phones make and change them.

use std::collections::BTreeMap;
use std::sync::Arc;

use wacore_binary::Jid;

use super::{
    Control, ControlError, GroupChange, GroupInfo, GroupMember, MembersChange, NewGroup,
    RequestsAnswer,
};
use crate::groups::create;
use crate::groups::invite::{self, Decision};
use crate::groups::members::{self, MemberChange, Outcomes};
use crate::groups::picture;
use crate::groups::refusal::Refusal;
use crate::groups::settings::{self, NewDescription, Replaces, Setting};
use crate::world::account::Account;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::{Group, Settings};

impl Control {
    /// Makes a group.
    pub async fn make_group(&self, new: NewGroup) -> Result<GroupInfo, ControlError> {
        let owner = self.phone(&new.owner)?;
        let members = self.people(&new.members)?;
        let settings = Settings {
            announce: new.announce,
            locked: new.locked,
            ephemeral: new.ephemeral,
            approval: new.join_approval,
            ..Settings::default()
        };
        let addressing = new.addressing.unwrap_or(owner.directory().addressing);
        let made = create::create(
            &self.world,
            create::NewGroup {
                owner: &owner,
                members: &members,
                subject: &new.subject,
                description: new.description.as_deref().map(|text| (text, None)),
                settings,
                addressing,
                key: None,
            },
        );
        let cell = made.map_err(|refusal| match refusal {
            Refusal::Full => refused("members", refusal),
            _ => refused("subject", refusal),
        })?;
        Ok(describe(&cell.snapshot()))
    }

    /// Returns all groups, by JID.
    pub async fn groups(&self) -> Vec<GroupInfo> {
        self.world.groups.all().iter().map(|cell| describe(&cell.snapshot())).collect()
    }

    /// Returns one group.
    pub async fn group(&self, jid: &str) -> Result<GroupInfo, ControlError> {
        Ok(describe(&self.cell(jid)?.snapshot()))
    }

    /// Adds, removes, promotes and demotes people.
    pub async fn change_members(
        &self,
        jid: &str,
        change: &MembersChange,
    ) -> Result<GroupInfo, ControlError> {
        let cell = self.cell(jid)?;
        let by = self.by(&cell, change.by.as_deref())?;
        let lists = [
            (MemberChange::Add, &change.add),
            (MemberChange::Remove, &change.remove),
            (MemberChange::Promote, &change.promote),
            (MemberChange::Demote, &change.demote),
        ];
        check_lists(lists.map(|(kind, numbers)| (kind.tag(), numbers)))?;
        for (kind, numbers) in lists.into_iter().filter(|(_, numbers)| !numbers.is_empty()) {
            let people = self.people(numbers)?;
            let outcomes = members::change(&self.world, &cell, &by, kind, &people);
            check(kind.tag(), numbers, outcomes)?;
        }
        Ok(describe(&cell.snapshot()))
    }

    /// Changes subject, description and settings.
    pub async fn change_group(
        &self,
        jid: &str,
        change: GroupChange,
    ) -> Result<GroupInfo, ControlError> {
        let cell = self.cell(jid)?;
        let by = self.by(&cell, change.by.as_deref())?;
        let description = change.description.map(|text| {
            let text = Some(text);
            Setting::Description(NewDescription { text, id: None, replaces: Replaces::Any })
        });
        let changes = [
            ("subject", change.subject.map(Setting::Subject)),
            ("description", description),
            ("announce", change.announce.map(Setting::Announce)),
            ("locked", change.locked.map(Setting::Locked)),
            ("ephemeral", change.ephemeral.map(Setting::Ephemeral)),
            ("join_approval", change.join_approval.map(Setting::Approval)),
            ("admins_add", change.admins_add.map(Setting::AdminsAdd)),
        ];
        if changes.iter().all(|(_, setting)| setting.is_none()) {
            let fields = changes.map(|(field, _)| field).join(", ");
            return Err(ControlError::Invalid(format!("a change is one of {fields}")));
        }
        for (field, setting) in changes {
            if let Some(setting) = setting {
                settings::set(&self.world, &cell, &by, setting)
                    .map_err(|refusal| refused(field, refusal))?;
            }
        }
        Ok(describe(&cell.snapshot()))
    }

    /// Sets the picture of a group, or removes it.
    pub async fn set_group_picture(
        &self,
        jid: &str,
        by: Option<&str>,
        picture: Option<Vec<u8>>,
    ) -> Result<GroupInfo, ControlError> {
        let cell = self.cell(jid)?;
        let by = self.by(&cell, by)?;
        picture::set(&self.world, &cell, &by, picture).map_err(|refusal| refused("by", refusal))?;
        Ok(describe(&cell.snapshot()))
    }

    /// Leaves a group.
    pub async fn leave_group(&self, jid: &str, number: &str) -> Result<GroupInfo, ControlError> {
        let cell = self.cell(jid)?;
        let account = self.phone(number)?;
        members::leave(&self.world, &cell, &account)
            .map_err(|refusal| refused("number", refusal))?;
        Ok(describe(&cell.snapshot()))
    }

    /// Joins a group by its invite link, or asks its admins to be let in.
    pub async fn join_group(&self, code: &str, number: &str) -> Result<GroupInfo, ControlError> {
        let account = self.phone(number)?;
        let cell = self.world.groups.invited_to(code);
        let cell = cell.ok_or_else(|| refused("code", Refusal::NoSuchInvite))?;
        invite::join(&self.world, &cell, &account).map_err(|refusal| refused("number", refusal))?;
        Ok(describe(&cell.snapshot()))
    }

    /// Gives a group another invite link.
    pub async fn reset_invite(
        &self,
        jid: &str,
        by: Option<&str>,
    ) -> Result<GroupInfo, ControlError> {
        let cell = self.cell(jid)?;
        let by = self.by(&cell, by)?;
        invite::reset(&self.world, &cell, &by).map_err(|refusal| refused("by", refusal))?;
        Ok(describe(&cell.snapshot()))
    }

    /// Lets people in who wait, or turns them away.
    pub async fn answer_requests(
        &self,
        jid: &str,
        answer: &RequestsAnswer,
    ) -> Result<GroupInfo, ControlError> {
        let cell = self.cell(jid)?;
        let by = self.by(&cell, answer.by.as_deref())?;
        let lists = [("approve", &answer.approve), ("reject", &answer.reject)];
        check_lists(lists)?;
        for ((field, numbers), decision) in
            lists.into_iter().zip([Decision::Approve, Decision::Reject])
        {
            if !numbers.is_empty() {
                let people = self.people(numbers)?;
                let outcomes = invite::decide(&self.world, &cell, &by, decision, &people);
                check(field, numbers, outcomes)?;
            }
        }
        Ok(describe(&cell.snapshot()))
    }

    /// The group with a JID.
    pub(super) fn cell(&self, jid: &str) -> Result<Arc<GroupCell>, ControlError> {
        let parsed = jid.parse::<Jid>().ok();
        let cell = parsed.and_then(|jid| self.world.groups.find(&jid));
        cell.ok_or_else(|| ControlError::NoSuchGroup(jid.to_owned()))
    }

    fn people(&self, numbers: &[String]) -> Result<Vec<Arc<Account>>, ControlError> {
        numbers.iter().map(|number| self.phone(number)).collect()
    }

    /// Who makes a change.
    fn by(&self, cell: &GroupCell, by: Option<&str>) -> Result<Arc<Account>, ControlError> {
        let group = cell.snapshot();
        let number = by.or_else(|| group.members.first_admin());
        let number = number.ok_or_else(|| refused("by", Refusal::NotMember))?;
        self.phone(number)
    }
}

fn describe(group: &Group) -> GroupInfo {
    let settings = &group.settings;
    let members = group.members.iter();
    let members =
        members.map(|member| GroupMember { number: member.number.clone(), role: member.role });
    GroupInfo {
        jid: group.jid().to_string(),
        subject: group.subject.text.clone(),
        description: group.description.as_ref().map(|description| description.text.clone()),
        picture: group.picture.as_ref().map(|picture| picture.id.clone()),
        owner: group.creator.clone(),
        creation: group.creation,
        addressing: group.addressing,
        announce: settings.announce,
        locked: settings.locked,
        ephemeral: settings.ephemeral,
        join_approval: settings.approval,
        admins_add: settings.admins_add,
        invite: group.invite.clone(),
        members: members.collect(),
        requests: group.requests.iter().map(|request| request.number.clone()).collect(),
    }
}

/// Checks that there is something to do, and that nobody is named twice.
fn check_lists<const N: usize>(
    lists: [(&'static str, &Vec<String>); N],
) -> Result<(), ControlError> {
    let mut seen = BTreeMap::new();
    for (field, numbers) in lists {
        for number in numbers {
            if let Some(other) = seen.insert(number, field) {
                let why = format!("{field}: {number} is in {other} already");
                return Err(ControlError::Invalid(why));
            }
        }
    }
    match seen.is_empty() {
        false => Ok(()),
        true => {
            let fields = lists.map(|(field, _)| field).join(", ");
            Err(ControlError::Invalid(format!("one of {fields} names somebody")))
        }
    }
}

/// The first failure of a change of members.
fn check(
    field: &str,
    numbers: &[String],
    outcomes: Result<Outcomes, Refusal>,
) -> Result<(), ControlError> {
    let outcomes = outcomes.map_err(|refusal| refused("by", refusal))?;
    let failed = numbers.iter().zip(outcomes).find_map(|(number, outcome)| {
        outcome.err().map(|refusal| ControlError::Invalid(format!("{field}: {number}: {refusal}")))
    });
    failed.map_or(Ok(()), Err)
}

fn refused(field: &str, refusal: Refusal) -> ControlError {
    let why = format!("{field}: {refusal}");
    match refusal {
        Refusal::NotMember | Refusal::NotAdmin => ControlError::Forbidden(why),
        Refusal::NoSuchInvite => ControlError::NoSuchGroup(why),
        _ => ControlError::Invalid(why),
    }
}
