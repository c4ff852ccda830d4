# Gives a complete new kit its name. Parameters: LABEL NEW (folder beside the kit); secret: passphrase. The name is a link, because
# only a link can be exchanged for another in one step: whoever pulls the medium out finds the old kit or the new one, never half of one.
point="/media/$LABEL"
cd "$point"
sync -f .
for file in "$NEW"/*; do # so that what is compared is what the medium holds
  [ -d "$file" ] || dd if="$file" of=/dev/null iflag=nocache count=0 status=none || :
done
(cd "$NEW" && sha256sum --check --strict --quiet SHA256SUMS >&2) || refuse KIT_WRITE \
  "Il kit scritto su $LABEL non si rilegge uguale. / The kit does not read back as it was written." \
  'Ripetere; se succede ancora, sostituire la cassetta. / Run again; if it happens again, replace the cassette.'
RESTIC_PASSWORD="$DR_SECRET" restic --repo "$NEW/private" --no-cache --no-lock --quiet check --read-data >&2
ln -sfn "$NEW" .kit.link
mv -T .kit.link kit
sync -f .
find . -maxdepth 1 -name '.kit-*' ! -name "$NEW" -exec rm -rf {} +
