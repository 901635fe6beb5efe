// The lists; and the structures, with the forms that hold on to their fields.
import { form, said } from "./parts.js";
import { h } from "./render.js";
import { act } from "./store.js";
import { copyable, count, curl, empty, field, many, table } from "./words.js";

const needs = ({ overview }) => ["structures", "lists", "forms"].map((name) => [name, `/_sandbox/${name}`, overview.revision.account]);

export const lists = {
  title: "Lists",
  needs: (state) => [...needs(state), ["keys", "/_sandbox/keys"]],
  show({ known }) {
    const [all, key, structure] = [known.lists ?? [], known.keys?.[0]?.key, known.structures?.[0]?._id];
    const create = () => copyable(curl("POST", `/api/contact-structure/${structure}/lists`, key, { name: "Newsletter" }), "Copy");
    return h("section", { class: "panel", "aria-label": "Lists" }, all.length
      ? table(many(all.length, "list"), ["Name", "Contacts", "Id"], all.map((list) => ({ key: list._id, cells: [list.name, count(list.totalContacts), h("code", {}, list._id)] })))
      : empty("There are no lists yet. Create one:", key && structure ? create() : null));
  },
};

export const structures = {
  title: "Structures",
  needs,
  show: ({ known }) => (known.structures ?? []).map((structure) => h("section", { class: "panel", key: structure._id, "aria-label": structure.label },
    h("h2", {}, structure.label, " ", h("code", {}, structure._id)),
    table("Fields", ["Label", "Data type", "Required", "Id"], structure.fields.map((field) => ({
      key: field._id, cells: [field.label, field.dataType, field.required ? "yes" : "", h("code", {}, field._id)],
    }))),
    table("Tags", ["Label", "Id"], structure.tags.map((tag) => ({ key: tag._id, cells: [tag.label, h("code", {}, tag._id)] }))),
    forms(structure, known.forms ?? []))),
};

function forms(structure, all) {
  const labels = new Map(structure.fields.map(({ _id, label }) => [_id, label]));
  const mine = all.filter(({ fields }) => fields.some((id) => labels.has(id)));
  const publish = async (values, element) => {
    const body = { name: values.get("name"), fields: values.getAll("field") };
    if (await act("forms", "The form was published.", "/_sandbox/forms", "POST", body)) element.reset();
  };
  return [
    h("h3", {}, "Signup forms"),
    mine.length ? table("The fields of a form can't be removed", ["Form", "Fields"], mine.map(({ _id, name, fields }) => ({ key: _id, cells: [name, fields.map((id) => labels.get(id) ?? id).join(", ")] })))
      : h("p", { class: "quiet" }, "No form is published. The fields of one can't be removed from the structure."),
    form("Publish a form", publish,
      field("Name", h("input", { name: "name", required: true })),
      h("fieldset", {}, h("legend", {}, "Fields that it uses"),
        structure.fields.map(({ _id, label }) => h("label", { class: "check", key: _id }, h("input", { type: "checkbox", name: "field", value: _id }), label))),
      h("button", {}, "Publish a form"), said("forms")),
  ];
}
