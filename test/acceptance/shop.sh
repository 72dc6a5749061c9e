#!/bin/sh
# A shop in a shell with curl: registers a typed card, charges it, refunds and schedules.
set -eu
base=$1 key=$2 secret=$3 card=$4 webhooks=$5
call() { curl --silent --show-error --max-time 60 "$@"; }
expect() { # expect WORDS ANSWER
  case $2 in *"$1"*) ;; *) echo "failed: no $1 in an answer" >&2; exit 1 ;; esac
}
token=$(call -d "imp_key=$key" -d "imp_secret=$secret" "$base/users/getToken" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
auth="Authorization: $token"
expect '"code":0' "$(call -H "$auth" -d "card_number=$card" -d expiry=2099-12 -d birth=900101 -d pwd_2digit=12 "$base/subscribe/customers/sh-1")"
charge() {
  call -H "$auth" -d customer_uid=sh-1 -d merchant_uid=sh-order-1 -d amount=9900 --data-urlencode 'name=월간 이용권' --data-urlencode "notice_url=$webhooks" "$base/subscribe/payments/again"
}
paid=$(charge)
expect '"status":"paid"' "$paid"
expect '"code":-1' "$(charge)"
expect '"cancel_amount":9900' "$(call -H "$auth" -d merchant_uid=sh-order-1 "$base/payments/cancel")"
expect '"schedule_status":"scheduled"' "$(call -H "$auth" -d customer_uid=sh-1 -d 'schedules[0][merchant_uid]=sh-order-2' -d 'schedules[0][schedule_at]=4000000000' -d 'schedules[0][amount]=9900' -d 'schedules[0][name]=next' "$base/subscribe/payments/schedule")"
expect '"merchant_uid":"sh-order-2"' "$(call -G -H "$auth" -d from=3999999999 -d to=4000000001 "$base/subscribe/customers/sh-1/schedules")"
echo 'sh: ok'
