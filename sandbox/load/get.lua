-- Gets one of the newest contacts.
local ids, at = {}, 0
for line in io.lines(os.getenv("CONTACTS")) do table.insert(ids, line:match("^(%S+)")) end
wrk.headers["X-API-Key"] = os.getenv("KEY")
function request()
  at = at % #ids + 1
  return wrk.format("GET", "/api/contact/" .. ids[at])
end
