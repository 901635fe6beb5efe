"""What a person would write instead of `bme sync plan`: every contact as a dictionary, every row held against it."""

import csv
import os
import sys

import requests

base_url, key = os.environ["BENCHMARK_EMAIL_BASE_URL"], os.environ["BENCHMARK_EMAIL_API_KEY"]
headers = {"X-API-Key": key}
structure = requests.get(f"{base_url}/api/contact-structure", headers=headers, timeout=600).json()[0]
labels = {field["_id"]: field["label"] for field in structure["fields"]}
contacts = {}
for contact in requests.get(f"{base_url}/api/contact", headers=headers, timeout=600).json():
    values = {labels[field["_id"]]: str(field["value"]) for field in contact["fields"]}
    contacts[contact["key"].lower()] = values
updates, creations = [], []
with open(sys.argv[1], newline="", encoding="utf-8-sig") as source:
    for row in csv.DictReader(source):
        held = contacts.get(row.pop("Email").strip().lower())
        if held is None:
            creations.append(row)
        elif any(value and held.get(label) != value for label, value in row.items()):
            updates.append(row)
print(len(updates), len(creations))
