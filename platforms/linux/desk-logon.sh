# A real log-on at this desk: PAM checks the account's password as the log-on screen would, a session opens, and what that person
# then sees is told as one JSON object. Parameters: ACCOUNT SHARE CANARY; secret: the account's password.
program=$(cat <<'E'
ticket=$(klist -s && klist 2>/dev/null | sed -n 's/^Default principal: //p')
# The file system behind the share answers late on a busy machine; only one that stays silent is at fault. Who got no share waits for none.
for _ in $(seq 600); do { [ -L "$HOME/$SHARE" ] && ! [ -r "$HOME/$SHARE/$CANARY" ]; } || break; sleep 0.05; done
canary=$(base64 -w0 < "$HOME/$SHARE/$CANARY" 2>/dev/null || true)
jq -nc --arg user "$(id -un)" --arg ticket "$ticket" --arg canary "$canary" --arg listing "$(ls "$HOME/$SHARE" 2>&1 | head -3)" \
  '{user: $user, ticket: $ticket, canary: $canary, listing: $listing}'
fusermount -u "$HOME/Condivisioni" 2>/dev/null || true
E
)
# su asks root for no password, so it is started by someone who is not root.
runuser -u nobody -- su --login "$ACCOUNT" --command "$(printf 'SHARE=%q CANARY=%q\n' "$SHARE" "$CANARY")
$program" <<< "$DR_SECRET"
