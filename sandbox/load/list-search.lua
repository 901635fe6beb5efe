-- Pages through everybody, 25 at a time, near the beginning.
local page = 0
wrk.headers["X-API-Key"] = os.getenv("KEY")
wrk.headers["Content-Type"] = "application/json"
function request()
  page = page % 40 + 1
  local body = string.format('{"contactStructureId":"%s","page":%d,"pageSize":25,"source":["_id","key"],"contactSpecification":{"filters":[]}}', os.getenv("STRUCTURE"), page)
  return wrk.format("POST", "/api/contact/search", nil, body)
end
