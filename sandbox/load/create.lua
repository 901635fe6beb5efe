-- Creates contacts with keys that no other thread makes: `me` is set from outside, so it is global.
local threads, number = 0, 0
function setup(thread) thread:set("me", threads); threads = threads + 1 end
function init()
  wrk.headers["X-API-Key"] = os.getenv("KEY")
  wrk.headers["Content-Type"] = "application/json"
end
function request()
  number = number + 1
  local body = string.format('{"key":"load%d.%d@example.com","contactStructureId":"%s"}', me, number, os.getenv("STRUCTURE"))
  return wrk.format("POST", "/api/contact", nil, body)
end
