"""Reads every contact with requests, as most programs in Python do."""

import json
import re
import sys
import time

import requests

started = time.perf_counter()
first = None
count = 0
for contact in requests.get(f"{sys.argv[1]}/api/contact", headers={"x-api-key": "bme_us_x"}).json():
    if first is None:
        first = (time.perf_counter() - started) * 1e3
    count += 1
with open("/proc/self/status") as status:
    peak = int(re.search(r"VmHWM:\s*(\d+) kB", status.read())[1])
print(json.dumps({"count": count, "first_ms": first or 0, "peak_kib": peak}))
