# Gives a complete new kit its name. Parameters: LABEL NEW (folder beside the kit). The name is a link, because only a link can be
# exchanged for another in one step: whoever pulls the medium out finds the old kit or the new one, never half of one.
cd "/media/$LABEL"
ln -sfn "$NEW" .kit.link
mv -T .kit.link kit
sync -f .
find . -maxdepth 1 -name '.kit-*' ! -name "$NEW" -exec rm -rf {} +
