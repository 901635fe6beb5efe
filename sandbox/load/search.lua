-- Searches for a contact by its key, which is indexed.
local keys, at = {}, 0
for line in io.lines(os.getenv("CONTACTS")) do table.insert(keys, line:match("(%S+)$")) end
wrk.headers["X-API-Key"] = os.getenv("KEY")
wrk.headers["Content-Type"] = "application/json"
function request()
  at = at % #keys + 1
  local body = string.format('{"contactStructureId":"%s","page":1,"pageSize":10,"source":["_id","key","fields"],"contactSpecification":{"filters":[{"criterias":[{"columnToFilter":"KEY","operator":"EQ","values":["%s"]}]}]}}', os.getenv("STRUCTURE"), keys[at])
  return wrk.format("POST", "/api/contact/search", nil, body)
end
